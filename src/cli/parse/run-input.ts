/**
 * What a run is given to work on.
 *
 * @module
 */
import type { JsonValue } from '../../core/messages.ts'
import { EXIT } from '../exit-codes.ts'
import { CliProblem } from '../problem.ts'
import type { Terminal } from '../terminal.ts'
import { bytesOf } from './input-files.ts'

export interface InputOptions {
  readonly input?: string
  readonly inputFile?: string
}

/** From `--input` or `--input-file`, of which exactly one is to be given; the file `-` is standard input. */
export async function runInput(options: InputOptions, terminal: Pick<Terminal, 'input'>): Promise<JsonValue> {
  const { input, inputFile } = options
  if ((input === undefined) === (inputFile === undefined))
    throw new CliProblem(EXIT.badInput, 'give the run something to work on: either --input or --input-file')
  if (input !== undefined) return parseInput(input, '--input')
  return parseInput(await readText(inputFile!, terminal), inputFile === '-' ? 'standard input' : inputFile!)
}

/**
 * JSON where it is JSON, else text. What begins like an object or lies in a `.json` file must be JSON: taking a slip of the
 * pen for a prompt would cost money. So might nothing at all, which is mostly a variable that is not set.
 */
export function parseInput(text: string, source: string): JsonValue {
  if (text.trim() === '')
    throw new CliProblem(EXIT.badInput, `${source} is empty; to give a workflow an empty text, write '""'`)
  try {
    return JSON.parse(text) as JsonValue
  } catch (error) {
    const isMeantAsJson = text.trimStart().startsWith('{') || source.endsWith('.json')
    if (!isMeantAsJson) return text
    throw new CliProblem(EXIT.badInput, `${source} is not JSON: ${(error as Error).message}`)
  }
}

/** A file as text; `-` is standard input. */
export async function readText(path: string, terminal: Pick<Terminal, 'input'>): Promise<string> {
  return path === '-' ? terminal.input() : bytesOf(path).toString()
}
