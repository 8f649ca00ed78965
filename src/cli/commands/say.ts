import type { Command } from 'commander'
import type { Signalbox } from '../../runtime/client.ts'
import { EXISTING_STORE, withSignalbox } from '../connections.ts'
import { EXIT } from '../exit-codes.ts'
import { readText } from '../parse/run-input.ts'
import { name } from '../parse/values.ts'
import { printJson } from '../print/json.ts'
import { CliProblem } from '../problem.ts'
import type { Terminal } from '../terminal.ts'

interface Flags {
  readonly file?: string
  readonly id?: string
  readonly by?: string
  readonly json?: boolean
}

export function addSay(program: Command, terminal: Terminal): void {
  program
    .command('say')
    .description('give a message to a running agent, which reads it before its next call')
    .argument('<run>', '', name)
    .argument('[text...]')
    .option('--file <path>', 'the message from a file; - is standard input')
    .option('--id <id>', 'an id of yours for the message: saying it again under the same id changes nothing', name)
    .option('--by <name>', 'who says it, for the record', name)
    .option('--json', 'print one JSON object')
    .action((run: string, words: readonly string[], flags: Flags) => say(run, words, flags, terminal))
}

async function say(
  run: string,
  words: readonly string[],
  { file, id, by, json }: Flags,
  terminal: Terminal,
): Promise<void> {
  const text = await message(words, file, terminal)
  const named = { ...(id !== undefined && { id }), ...(by !== undefined && { by }) }
  const saying = async (signalbox: Signalbox) => {
    await signalbox.run(run).say(text, named)
    if (json) printJson(terminal, { run, done: 'said', ...named })
    else terminal.print(`run ${run} has the message`)
  }
  await withSignalbox(terminal, saying, EXISTING_STORE)
}

async function message(words: readonly string[], file: string | undefined, terminal: Terminal): Promise<string> {
  if ((words.length === 0) === (file === undefined))
    throw new CliProblem(EXIT.badInput, 'say something: either the text behind the run, or --file')
  return file === undefined ? words.join(' ') : readText(file, terminal)
}
