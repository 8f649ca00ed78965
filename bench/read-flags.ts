/**
 * The flags of a script: `--help` prints what its file says of itself, and what is wrong is told in a line and exits with 2.
 *
 * @module
 */
import { readFileSync } from 'node:fs'
import { type ParseArgsConfig, parseArgs } from 'node:util'

type Flags = NonNullable<ParseArgsConfig['options']>

export function readFlags<const Of extends Flags>(file: string, flags: Of) {
  const given = flagsIn(process.argv.slice(2), flags)
  if (given.problem !== undefined) return refuse(given.problem)
  if (process.argv.includes('--help') || process.argv.includes('-h')) {
    process.stdout.write(`${headOf(file)}\n`)
    process.exit(0)
  }
  return given.values
}

/** A whole number from `least` on. */
export function wholeNumber(flag: string, text: string, least = 1): number {
  const value = Number(text)
  if (text.trim() !== '' && Number.isSafeInteger(value) && value >= least) return value
  return refuse(`--${flag} is '${text}'; it must be a whole number from ${least} on`)
}

/** What was given, or what of it is wrong. */
export function flagsIn<const Of extends Flags>(args: readonly string[], flags: Of) {
  try {
    const options = { ...flags, help: { type: 'boolean', short: 'h' } } as Of
    return { values: parseArgs({ args: [...args], options }).values }
  } catch (error) {
    if (!(error instanceof TypeError && 'code' in error)) throw error
    return { problem: error.message.replace(/\. To specify a positional argument.*$/s, '') }
  }
}

function refuse(words: string): never {
  process.stderr.write(`error: ${words}; --help tells what there is\n`)
  process.exit(2)
}

/** The comment at its top. */
export function headOf(file: string): string {
  const [, comment = ''] = /^\/\*\*\n(.*?)\n \*\n \* @module/s.exec(readFileSync(file, 'utf8')) ?? []
  return comment.replace(/^ \* ?/gm, '')
}
