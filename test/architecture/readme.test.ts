import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
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

it('mentions commands that exist, with options that they have', () => {
  const program = createProgram(processTerminal())
  const mentioned = [...README.matchAll(/`(?:npx )?signalbox ([a-z][^`]*)`/g)].map(([, words]) => words!.split(' '))
  expect(mentioned).not.toEqual([])
  for (const [name, ...words] of mentioned) {
    const command = program.commands.find(one => one.name() === name)
    expect(command, `signalbox ${name}`).toBeDefined()
    const flags = command!.options.map(({ long }) => long)
    expect(flags).toEqual(expect.arrayContaining(words.filter(word => word.startsWith('--'))))
  }
})
