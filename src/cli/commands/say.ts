import type { Command } from 'commander'
import { definedOnly } from '../../core/defined-only.ts'
import type { Signalbox } from '../../runtime/client.ts'
import type { RunHandle } from '../../runtime/runs/run-handle.ts'
import { EXISTING_STORE, withSignalbox } from '../connections.ts'
import { EXIT } from '../exit-codes.ts'
import { filePart, isForEyes } from '../parse/input-files.ts'
import { readText } from '../parse/run-input.ts'
import { name, paths } from '../parse/values.ts'
import { printJson } from '../print/json.ts'
import { CliProblem } from '../problem.ts'
import type { Terminal } from '../terminal.ts'
import { notingSilence } from '../untaken.ts'

type Message = Parameters<RunHandle['say']>[0]

interface Flags {
  readonly file?: readonly string[]
  readonly id?: string
  readonly by?: string
  readonly json?: boolean
}

export function addSay(program: Command, terminal: Terminal): void {
  program
    .command('say')
    .description(
      'give a message to a running agent, which reads it before its next call, or to a workflow that hears what people say',
    )
    .argument('<run>', "the run's id", name)
    .argument('[text...]', 'the message')
    .option(
      '--file <path>',
      'a file with the message (- is standard input), or an image or a PDF to go with it; may be repeated',
      paths,
    )
    .option('--id <id>', 'your id for the message; saying it again under the same id changes nothing', name)
    .option('--by <name>', 'who says it, for the record', name)
    .option('--json', 'print one JSON object')
    .action((run: string, words: readonly string[], flags: Flags) => say(run, words, flags, terminal))
}

async function say(
  run: string,
  words: readonly string[],
  { file = [], id, by, json }: Flags,
  terminal: Terminal,
): Promise<void> {
  const said = await message(words, file, terminal)
  const named = definedOnly({ id, by })
  const saying = async (signalbox: Signalbox) => {
    await notingSilence(signalbox, run, terminal, () => signalbox.run(run).say(said, named))
    if (json) printJson(terminal, { run, done: 'said', ...named })
    else terminal.print(`run ${run} has the message`)
  }
  await withSignalbox(terminal, saying, EXISTING_STORE)
}

async function message(words: readonly string[], files: readonly string[], terminal: Terminal): Promise<Message> {
  const shown = files.filter(isForEyes)
  const [texts, parts] = [files.filter(path => !isForEyes(path)), shown.map(filePart)]
  const given = (words.length > 0 ? 1 : 0) + texts.length
  if (given > 1 || given + shown.length === 0)
    throw new CliProblem(EXIT.badInput, 'give a message: either as text after the run, or with --file')
  if (given === 0) return parts
  const text = texts[0] === undefined ? words.join(' ') : await readText(texts[0], terminal)
  return shown.length === 0 ? text : [{ type: 'text', text }, ...parts]
}
