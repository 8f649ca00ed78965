import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { withFiles } from '../../src/cli/parse/input-files.ts'
import { parseInput } from '../../src/cli/parse/run-input.ts'
import {
  count,
  duration,
  givenLabels,
  labels,
  name,
  port,
  priority,
  time,
  timeAt,
  usd,
} from '../../src/cli/parse/values.ts'

describe('the input of a run', () => {
  it.each([
    ['{"topic":"rail"}', { topic: 'rail' }],
    ['["a"]', ['a']],
    ['Compare the options.', 'Compare the options.'],
    ['[draft] shorten this', '[draft] shorten this'],
    ['""', ''],
  ])('%j is JSON where it is, and text otherwise', (text, input) => {
    expect(parseInput(text, '--input')).toEqual(input)
  })

  it('is no text where JSON was meant', () => {
    expect(() => parseInput('{"topic": rail}', '--input')).toThrow('--input is not JSON')
    expect(() => parseInput('Compare', 'brief.json')).toThrow('brief.json is not JSON')
  })

  it.each(['', ' \n'])('is not left empty by accident: %j', text => {
    expect(() => parseInput(text, '--input')).toThrow(`--input is empty; to give a workflow an empty text, write '""'`)
  })
})

describe('options', () => {
  it('read counts, ports, money and durations', () => {
    expect([count('12'), port('9001'), usd('0.50')]).toEqual([12, 9001, '0.50'])
    expect([name('night'), priority('1'), priority('5')]).toEqual(['night', 1, 5])
    expect(['300ms', '1.5m', '2h', '1d'].map(text => duration(text))).toEqual([300, 90_000, 7_200_000, 86_400_000])
    expect(timeAt('2h', 10_000_000)).toBe(2_800_000)
    expect(time('2026-07-02')).toBe(Date.UTC(2026, 6, 2))
    expect(time('99999999999d')).toBe(0)
    expect(labels('team=rail', { feature: 'a=b' })).toEqual({ feature: 'a=b', team: 'rail' })
    expect(labels('team=')).toEqual({ team: '' })
    expect(givenLabels('team=rail', { feature: 'a' })).toEqual({ feature: 'a', team: 'rail' })
    expect(() => givenLabels('team=')).toThrow('The label team has no value')
  })

  it('read a time of day as it is printed, in UTC wherever they are read', () => {
    const { TZ } = process.env
    process.env.TZ = 'America/New_York'
    try {
      for (const text of [
        '2026-07-02 14:30:05',
        '2026-07-02T14:30:05',
        '2026-07-02T14:30:05Z',
        '2026-07-02T16:30:05+02:00',
      ])
        expect([text, time(text)]).toEqual([text, Date.UTC(2026, 6, 2, 14, 30, 5)])
      expect(time('2026-07-02 14:30')).toBe(Date.UTC(2026, 6, 2, 14, 30))
    } finally {
      if (TZ === undefined) delete process.env.TZ
      else process.env.TZ = TZ
    }
  })

  it.each([
    [count, '0'],
    [count, '-1'],
    [count, '1.5'],
    [port, '70000'],
    [priority, '0'],
    [priority, '6'],
    [priority, '1.5'],
    [name, ''],
    [usd, '$1'],
    [usd, '1e-3'],
    [duration, '10'],
    [duration, '0s'],
    [duration, '36501d'],
    [duration, `${'9'.repeat(400)}d`],
    [time, 'yesterday'],
    [time, '2026-02-31'],
    [time, '2026-07-02 25:00'],
    [time, '2026-07-02 (or so)'],
    [labels, 'team'],
    [labels, '=x'],
  ])('%o refuses %j', (parse, text) => {
    expect(() => (parse as (text: string) => unknown)(text)).toThrow(/./)
  })
})

describe('files beside an input', () => {
  it('stand behind its text, each by the ending of its name', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'signalbox-files-'))
    const path = join(folder, 'Receipt.PNG')
    await writeFile(path, 'picture')
    expect(withFiles('What is this?', [path])).toEqual([
      { type: 'text', text: 'What is this?' },
      { type: 'file', mediaType: 'image/png', filename: 'Receipt.PNG', data: Buffer.from('picture') },
    ])
    await rm(folder, { recursive: true })
  })

  it('that are not there, or that no model reads, are refused by their names', () => {
    expect(() => withFiles('What?', ['no-such.png'])).toThrow('no-such.png cannot be read (ENOENT)')
    expect(() => withFiles('What?', ['notes.docx'])).toThrow(
      /notes\.docx is not a file that models can read: .*\.png, .*\.pdf/,
    )
  })
})
