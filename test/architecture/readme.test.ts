import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Command } from 'commander'
import { expect, it } from 'vitest'
import { createProgram } from '../../src/cli/program.ts'
import { processTerminal } from '../../src/cli/terminal.ts'
import { describeRemedies } from '../../src/core/faults/remedies.ts'
import { README, tableBelow } from '../support/readme.ts'
import { ROOT } from '../support/source-files.ts'

it('is short enough to be read', () => {
  expect(README.split('\n').length).toBeLessThan(300)
})

it('prints the table of faults that the code has', () => {
  const rows = describeRemedies().map(({ kind, evidence, remedy, health }) => [kind, evidence, remedy, health])
  expect(tableBelow('Faults')).toEqual(rows)
})

it('names tests, files and pictures that exist', () => {
  const quoted = [...README.matchAll(/`((?:test|docs|src|activities|workflows|demo|bench|scripts)(?:\/[\w.-]+)+)`/g)]
  const linked = [...README.matchAll(/\]\((?!https?:|#)([^)]+)\)/g)]
  const paths = [...quoted, ...linked].map(([, path]) => path!)
  expect(paths).not.toEqual([])
  expect(paths.filter(path => !existsSync(join(ROOT, path)))).toEqual([])
})

it('has each claim held by something that exists', () => {
  const holders = tableBelow('What is proven, and by which test').map(row => row.at(-1)!)
  expect(holders).not.toEqual([])
  expect(holders.filter(holder => !/`(test\/|npm run )[^`]+`/.test(holder))).toEqual([])
})

it('mentions scripts that exist', () => {
  const { scripts } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'))
  const mentioned = [...README.matchAll(/npm run ([\w:]+)/g)].map(([, name]) => name)
  expect(mentioned).not.toEqual([])
  expect(Object.keys(scripts)).toEqual(expect.arrayContaining(mentioned))
})

const PAGES = [
  'README.md',
  ...readdirSync(join(ROOT, 'docs')).flatMap(name => (name.endsWith('.md') ? [`docs/${name}`] : [])),
]

it.each(PAGES)('%s mentions commands that exist, with options that they have', page => {
  const text = readFileSync(join(ROOT, page), 'utf8')
  const mentioned = text.matchAll(/(?:`|^ {4})(?:npx )?signalbox\s+([a-z][^`#]*?)(?:`|#|$)/gm)
  for (const [, words] of mentioned) {
    const [command, flags] = asked(words!.replace(/"[^"]*"/g, '…').split(/\s+/))
    const known = command.options.flatMap(({ long, short }) => [long, short])
    expect(known, `signalbox ${words}`).toEqual(expect.arrayContaining([...flags]))
  }
})

/** The command that the words name, and the options behind it. */
function asked(words: readonly string[]): readonly [Command, readonly string[]] {
  let command: Command = createProgram(processTerminal())
  for (const word of words) {
    const below = command.commands.find(one => one.name() === word)
    if (!below && command.parent === null) throw new Error(`there is no command signalbox ${word}`)
    if (!below) break
    command = below
  }
  return [command, words.filter(word => /^--[a-z]/.test(word)).map(word => word.replace(/[^a-z-].*$/, ''))]
}
