import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import type { Command } from 'commander'
import { expect, it } from 'vitest'
import { readSnapshot } from '../../src/catalog/snapshot.ts'
import { createProgram } from '../../src/cli/program.ts'
import { processTerminal } from '../../src/cli/terminal.ts'
import { describeRemedies } from '../../src/core/faults/remedies.ts'
import { readVendorScript } from '../../src/providers/simulated/index.ts'
import { FAULTS } from '../../wall/faults/index.ts'
import { PROTOCOLS } from '../../wall/protocols.ts'
import { MODES } from '../../wall/questions.ts'
import { sectionOf, tablesIn } from '../support/document.ts'
import { ROOT } from '../support/source-files.ts'

const README = readFileSync(join(ROOT, 'README.md'), 'utf8')

const tableBelow = (heading: string) => tablesIn(sectionOf(README, heading))[0]!

it('is short enough to be read', () => {
  expect(README.split('\n').length).toBeLessThan(300)
})

it('prints the table of faults that the code has', () => {
  const rows = describeRemedies().map(({ kind, evidence, remedy, health }) => [kind, evidence, remedy, health])
  expect(tableBelow('Faults')).toEqual(rows)
})

it('names tests, files and pictures that exist', () => {
  const quoted = [...README.matchAll(/`((?:test|docs|src|activities|workflows|demo|bench|scripts)(?:\/[\w.-]+)+)`/g)]
  const linked = [...README.matchAll(/\]\((?!https?:|#)([^)#]+)/g)]
  const paths = [...quoted, ...linked].map(([, path]) => path!)
  expect(paths).not.toEqual([])
  expect(paths.filter(path => !existsSync(join(ROOT, path)))).toEqual([])
})

it('has each claim held by something that exists', () => {
  const holders = tableBelow('What is proven, and by which test').map(row => row.at(-1)!)
  expect(holders).not.toEqual([])
  expect(holders.filter(holder => !/`(test\/|npm run )[^`]+`/.test(holder))).toEqual([])
})

it('gives figures that the lists behind them have', () => {
  const { providers } = readSnapshot()
  const endpoints = Object.values(providers).flatMap(({ models }) => Object.keys(models))
  const demo = readVendorScript(readFileSync(join(ROOT, 'demo/vendors.yaml'), 'utf8'))
  const { peerDependencies } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'))
  const told = [
    `${Object.keys(providers).length} providers and ${endpoints.length.toLocaleString('en')} endpoints`,
    `an AI writing tool on ${word(demo.vendors.length)} simulated vendors`,
    `${word(Object.keys(peerDependencies).length)} more packages keep the providers' contract`,
    `of them at ${word(PROTOCOLS.length)} protocols, in ${MODES.slice(0, -1).join(', ')} and ${MODES.at(-1)} answers`,
  ]
  expect(told.filter(text => !README.includes(text))).toEqual([])
  expect(FAULTS.length).toBeGreaterThan(Number(/More than (\d+) of them/.exec(README)?.[1]))
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
  const mentioned = pageText(page).matchAll(/(?:`|^ {4})(?:npx )?signalbox\s+([a-z][^`#]*?)(?:`|#|$)/gm)
  for (const [, words] of mentioned) {
    const [command, flags] = asked(words!.replace(/"[^"]*"/g, '…').split(/\s+/))
    const known = command.options.flatMap(({ long, short }) => [long, short])
    expect(known, `signalbox ${words}`).toEqual(expect.arrayContaining([...flags]))
  }
})

it.each([...PAGES, 'CHANGELOG.md'])('%s has links that lead to files and headings that exist', page => {
  const links = [...pageText(page).matchAll(/\]\((?!https?:)([^)#\s]*)(?:#([^)\s]+))?\)/g)]
  const lost = links.filter(([, path, heading]) => {
    const target = path ? join(dirname(page), path) : page
    return !existsSync(join(ROOT, target)) || (heading !== undefined && !headingsOf(pageText(target)).includes(heading))
  })
  expect(lost.map(([link]) => link)).toEqual([])
})

it.each(PAGES.filter(page => page.startsWith('docs/') && pageText(page).split('\n').length > 300))(
  '%s, which is long, begins with links to its sections',
  page => {
    const [head, ...sections] = pageText(page).split(/^(?=## )/m)
    const headings = sections.flatMap(section => headingsOf(section.split('\n')[0]!))
    expect(headings).not.toEqual([])
    expect(headings.filter(heading => !head!.includes(`](#${heading})`))).toEqual([])
  },
)

it('docs/README.md leads to every other page', () => {
  const index = pageText('docs/README.md')
  const names = PAGES.map(page => page.replace('docs/', '')).filter(name => name !== 'README.md')
  expect(names.filter(name => !index.includes(`](${name}`))).toEqual([])
})

function pageText(page: string): string {
  return readFileSync(join(ROOT, page), 'utf8')
}

/** As a link names them. */
function headingsOf(text: string): readonly string[] {
  const shown = text.replace(/^```[\s\S]*?^```/gm, '')
  return [...shown.matchAll(/^#+ (.+)$/gm)].map(([, heading]) =>
    heading!
      .toLowerCase()
      .replace(/[^\p{L}\p{N} _-]/gu, '')
      .replaceAll(' ', '-'),
  )
}

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

function word(figure: number): string {
  return ['none', 'one', 'two', 'three', 'four', 'five', 'six', 'seven', 'eight', 'nine', 'ten'][figure] ?? `${figure}`
}
