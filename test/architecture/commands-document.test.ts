import type { Command } from 'commander'
import { expect, it } from 'vitest'
import { EXIT } from '../../src/cli/exit-codes.ts'
import { createProgram } from '../../src/cli/program.ts'
import { processTerminal } from '../../src/cli/terminal.ts'
import { quoted, readDocument, tablesIn } from '../support/document.ts'

const DOCUMENT = readDocument('commands.md')

/** Commands that do something themselves, by what is typed. */
function commandsOf(command: Command, above: readonly string[] = []): readonly (readonly [string, Command])[] {
  return command.commands.flatMap(one => {
    const words = [...above, one.name()]
    const below = commandsOf(one, words)
    // `models` lists, and has commands below it; `budget` has these alone.
    return one.commands.length > 0 && one.registeredArguments.length === 0 ? below : [[words.join(' '), one], ...below]
  })
}

const COMMANDS = commandsOf(createProgram(processTerminal()))

/** Command, meaning and options; the exit codes have a table of two columns. */
const rows = new Map(
  tablesIn(DOCUMENT)
    .flat()
    .filter(row => row.length === 3)
    .map(([command, , options]) => [quoted(command!)[0]!.replace(/ [<[].*$/, ''), quoted(options!)]),
)

it('docs/commands.md has every command, and no other, in the order of the help', () => {
  expect([...rows.keys()]).toEqual(COMMANDS.map(([name]) => name))
})

it.each(COMMANDS)('docs/commands.md has every option of signalbox %s, and no other', (name, command) => {
  const options = command.options.map(({ long }) => long!).filter(long => long !== '--json')
  expect(rows.get(name)!.toSorted()).toEqual(options.toSorted())
})

it('docs/commands.md says which commands have --json, and every exit code', () => {
  const without = COMMANDS.filter(([, { options }]) => !options.some(({ long }) => long === '--json'))
  expect(without.map(([name]) => name).toSorted()).toEqual(['dev', 'keys new', 'worker'])
  for (const code of Object.values(EXIT)) expect(DOCUMENT).toContain(`\n| ${code} | `)
})
