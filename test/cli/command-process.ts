/**
 * Runs the command lines that it is sent, one after the other, each in its folder, and sends how each ended. A process of its own: it is
 * Node that has to load the apps, and what runs the tests reads TypeScript in another way.
 *
 * @module
 */
import '../support/bundled-once.ts'
import { signalbox } from './captured.ts'
import type { CommandLine } from './spawned.ts'

let written = ''
/** What did not go through the command's terminal. */
process.stderr.write = text => {
  written += text
  return true
}

process.on('message', async ({ words, cwd, env }: CommandLine) => {
  written = ''
  process.chdir(cwd)
  const { exitCode: code, out: stdout, err } = await signalbox(words, { env })
  process.send?.({ code, stdout, stderr: written + err })
})
