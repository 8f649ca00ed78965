/**
 * What options may say. Each either gives a value or throws commander's words about the option.
 *
 * @module
 */
import { InvalidArgumentError } from 'commander'
import { DAY_MS, LONGEST_WAIT_MS, readDuration } from '../../core/durations.ts'
import { parseUsd } from '../../core/money/pico.ts'
import type { Labels } from '../../core/protocol.ts'

/** A whole number above 0. */
export function count(text: string): number {
  return wholeNumber(text, 1, ' above 0')
}

/** A whole number, 0 included. */
export function amount(text: string): number {
  return wholeNumber(text, 0, ', 0 or more')
}

/** An offset, or those of several runs by their keys. */
export function position(text: string): number | Readonly<Record<string, number>> {
  if (!text.trimStart().startsWith('{')) return amount(text)
  try {
    const offsets: object = JSON.parse(text)
    return Object.fromEntries(Object.entries(offsets).map(([key, offset]) => [key, amount(`${offset}`)]))
  } catch {
    throw new InvalidArgumentError('Write an offset, or {"<key>": <offset>}.')
  }
}

function wholeNumber(text: string, least: number, range: string): number {
  const value = /^\d+$/.test(text) ? Number(text) : -1
  if (value < least) throw new InvalidArgumentError(`Write a whole number${range}.`)
  if (!Number.isSafeInteger(value))
    throw new InvalidArgumentError(`Write a whole number, at most ${Number.MAX_SAFE_INTEGER}.`)
  return value
}

/** A name or an id. */
export function name(text: string): string {
  if (text === '') throw new InvalidArgumentError('Write a name.')
  return text
}

/** A name of an option that may be repeated. */
export function gather(text: string, before: readonly string[] = []): readonly string[] {
  return [...before, name(text)]
}

/** How soon a run is dispatched. */
export function priority(text: string): number {
  if (!/^[1-5]$/.test(text)) throw new InvalidArgumentError('Write a whole number from 1, which goes first, to 5.')
  return Number(text)
}

export function port(text: string): number {
  const value = count(text)
  if (value > 65_535) throw new InvalidArgumentError('Ports end at 65535.')
  return value
}

/** One of these names, and those that were given before. */
export function someOf<Name extends string>(known: readonly Name[]) {
  return (text: string, before: readonly Name[] = []): readonly Name[] => {
    const name = known.find(each => each === text)
    if (name === undefined) throw new InvalidArgumentError(`Write one of ${known.join(', ')}.`)
    return [...before, name]
  }
}

/** USD as a decimal string, kept as it is. */
export function usd(text: string): string {
  const parsed = parseUsd(text)
  if (!parsed.ok) throw new InvalidArgumentError(`${parsed.problem}.`)
  return text
}

/** A price in USD per million tokens. */
export function price(text: string): number {
  return Number(usd(text))
}

/** Milliseconds of `300ms`, `20s`, `10m`, `2h`, `1d`. */
export function duration(text: string): number {
  const ms = lengthOf(text)
  if (ms > LONGEST_WAIT_MS) throw new InvalidArgumentError(`Write a duration of at most ${LONGEST_WAIT_MS / DAY_MS}d.`)
  return ms
}

function lengthOf(text: string): number {
  const ms = readDuration(text)
  if (!ms) throw new InvalidArgumentError('Write a duration such as 300ms, 20s, 10m, 2h or 1d.')
  return ms
}

/**
 * A point in time: a duration before now, or a date, which may have a time of day, in UTC like every time that is printed unless
 * it names its zone. Gives milliseconds since the epoch, never less than 0.
 */
export function timeAt(text: string, nowMs: number): number {
  if (readDuration(text) !== undefined) return Math.max(0, nowMs - lengthOf(text))
  const [, day = '', hour = '00:00', zone = 'Z'] = DATE.exec(text) ?? []
  const ms = isDay(day) ? Date.parse(`${day}T${hour}${zone}`) : Number.NaN
  if (Number.isNaN(ms))
    throw new InvalidArgumentError(
      'Write how long ago (20m, 2h, 1d) or a date in UTC (2026-07-02 or 2026-07-02T14:30).',
    )
  return Math.max(0, ms)
}

/** {@link timeAt} of now. */
export function time(text: string): number {
  return timeAt(text, Date.now())
}

const DATE = /^(\d{4}-\d{2}-\d{2})(?:[T ](\d{2}:\d{2}(?::\d{2}(?:\.\d{1,3})?)?)(Z|[+-]\d{2}:\d{2})?)?$/

/** Read by itself, February 31 is a day in March. */
function isDay(day: string): boolean {
  const ms = Date.parse(day)
  return !Number.isNaN(ms) && new Date(ms).toISOString().startsWith(day)
}

/** `key=value`; the value may be empty, as a label's may. */
export function label(text: string): { readonly key: string; readonly value: string } {
  const at = text.indexOf('=')
  if (at < 1) throw new InvalidArgumentError('Write key=value.')
  return { key: text.slice(0, at), value: text.slice(at + 1) }
}

/** For an option that may be given several times. */
export function labels(text: string, before: Labels = {}): Labels {
  const { key, value } = label(text)
  return { ...before, [key]: value }
}

/** Labels that a run is given: an empty value is most likely a shell's variable that is not set. */
export function givenLabels(text: string, before: Labels = {}): Labels {
  const { key, value } = label(text)
  if (value === '') throw new InvalidArgumentError(`The label ${key} has no value. Write key=value.`)
  return labels(text, before)
}

/** Of a file. An empty one is most likely a shell's variable that is not set. */
export function path(text: string): string {
  if (text === '') throw new InvalidArgumentError('Write a path.')
  return text
}

export function paths(text: string, before: readonly string[] = []): readonly string[] {
  return [...before, path(text)]
}
