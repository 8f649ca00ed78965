/**
 * Which settings each endpoint takes, learned from what it has rejected.
 *
 * @module
 */
import type { Fault } from '../../core/faults/fault.ts'
import type { Ask } from '../../core/ports.ts'
import type { Sampling } from '../../core/protocol.ts'
import { recordOf } from '../json.ts'
import { rejectedParameter } from './rejected-parameter.ts'

/** For as long as the port lives: a rejection is cheap, and after a restart is paid once more. */
export interface RejectedSettings {
  /** The ask without the settings that its endpoint has rejected, of which its gate is told. */
  leaveOut(ask: Ask): Ask
  /** The fault with the settings that the endpoint will be asked without, where it has rejected some that it was asked with. */
  heed(asked: Ask, fault: Fault): Fault
}

type Name = keyof Sampling

/** How vendors name them, behind the last dot of a parameter. Gemini says `Penalty` of both. */
const PARAMETERS: Readonly<Record<Name, RegExp>> = {
  temperature: /^temperature$/i,
  topP: /^top_?p$/i,
  topK: /^top_?k$/i,
  presencePenalty: /^(?:presence_?)?penalty$/i,
  frequencyPenalty: /^(?:frequency_?)?penalty$/i,
  seed: /^(?:random_)?seed$/i,
  stopSequences: /^stop(?:_?sequences)?$/i,
}

const NAMES = Object.keys(PARAMETERS) as readonly Name[]

interface Rejection {
  /** The rejected value, as JSON. Absent if every value is rejected. */
  readonly value?: string
  /** What else was in the rejected request. The setting counts as rejected only in requests that have all of this too. */
  readonly beside: readonly string[]
}

/** For one setting at one endpoint: calls whose values differ each time learn nothing, and must not fill the memory. */
const MOST_REJECTIONS = 50

export function createRejectedSettings(): RejectedSettings {
  const rejections = new Map<string, Rejection[]>()
  const isRejected = (ask: Ask, name: Name) =>
    ask.settings[name] !== undefined &&
    rejections.get(keyOf(ask, name))?.some(rejection => holdsFor(rejection, ask, name)) === true
  const learn = (ask: Ask, name: Name, rejection: Rejection) => {
    // Another call may have learned it meanwhile.
    if (isRejected(ask, name)) return
    const known = rejections.get(keyOf(ask, name)) ?? []
    rejections.set(keyOf(ask, name), [...known, rejection].slice(-MOST_REJECTIONS))
  }
  return {
    leaveOut(ask) {
      const without = rejections.size === 0 ? [] : NAMES.filter(name => isRejected(ask, name))
      if (without.length === 0) return ask
      const settings = Object.entries(ask.settings).filter(([name]) => !without.includes(name as Name))
      const gate: Ask['gate'] = outgoing => ask.gate({ ...outgoing, without })
      return { ...ask, settings: Object.fromEntries(settings), gate }
    },
    heed(asked, fault) {
      const without = NAMES.filter(name => asked.settings[name] !== undefined && isAbout(fault, name))
      if (without.length === 0) return fault
      const beside = companyOf(asked, name => !without.includes(name))
      for (const name of without) {
        // A number that this endpoint does not take says nothing of other numbers.
        const value = fault.kind === 'unsupported' ? undefined : writtenOf(asked, name)
        learn(asked, name, { beside, ...(value !== undefined && { value }) })
      }
      return { ...fault, evidence: { ...fault.evidence, without } }
    },
  }
}

function keyOf({ endpoint }: Ask, name: Name): string {
  return `${endpoint.id} ${name}`
}

function writtenOf({ settings }: Ask, name: Name): string {
  return JSON.stringify(settings[name])
}

function holdsFor({ value, beside }: Rejection, ask: Ask, name: Name): boolean {
  if (value !== undefined && value !== writtenOf(ask, name)) return false
  const company = companyOf(ask)
  return beside.every(one => company.includes(one))
}

/** What else in a request a rejection may depend on: other settings, and options that make the model think. */
function companyOf({ settings }: Ask, counts: (name: Name) => boolean = () => true): readonly string[] {
  const { reasoning, providerOptions = {} } = settings
  const others = NAMES.filter(name => settings[name] !== undefined && counts(name))
  const options = Object.values(providerOptions)
    .flatMap(own => Object.entries(recordOf(own)))
    .map(option => JSON.stringify(option))
  return [...others, `reasoning ${reasoning}`, ...options.filter(option => /think|reason|effort/i.test(option))]
}

function isAbout(fault: Fault, name: Name): boolean {
  // The whole list is meant where one of its texts is named: `stop[0]`, `body.stop_sequences.0`.
  const whole = (rejectedParameter(fault) ?? '').replace(/(?:\[\d+\]|\.\d+)+$/, '')
  return PARAMETERS[name].test(whole.slice(whole.lastIndexOf('.') + 1))
}
