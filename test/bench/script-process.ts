/**
 * Runs the scripts that it is sent up to where each ends itself, one after the other, and sends how. A process of its own: most of a
 * script's start is loading what the others load too.
 *
 * @module
 */
import { pathToFileURL } from 'node:url'

export interface Started {
  readonly file: string
  readonly words: readonly string[]
}

export interface Ended {
  readonly code: unknown
  readonly out: string
  readonly err: string
}

/** Thrown where a script would end the process. */
class Exit extends Error {
  readonly code: unknown
  constructor(code: unknown) {
    super('the script has ended')
    this.code = code
  }
}

let written = { out: '', err: '' }
process.stdout.write = text => note('out', text)
process.stderr.write = text => note('err', text)
process.exit = code => {
  throw new Exit(code)
}

process.on('message', async ({ file, words }: Started) => {
  written = { out: '', err: '' }
  process.argv = [process.execPath, file, ...words]
  // By a name of its own: Node loads a module once, and a script may be asked for twice.
  const code = await import(`${pathToFileURL(file).href}?${words}`).then(() => process.exitCode ?? 0, codeOf)
  process.send?.({ code, ...written } satisfies Ended)
})

function note(stream: keyof typeof written, text: string | Uint8Array): true {
  written[stream] += text
  return true
}

/** As of Node, where it was another error. */
function codeOf(error: unknown): unknown {
  if (error instanceof Exit) return error.code
  note('err', String(error))
  return 1
}
