/**
 * Checks the configuration of each folder that it is told, as `signalbox config check` does there, and prints how each check ended. A
 * process of its own: it is Node that has to load the apps, and what runs the tests reads TypeScript in another way.
 *
 * @module
 */
import { signalbox } from './captured.ts'
import type { Ended } from './spawned.ts'

const ended: Ended[] = []
for (const folder of process.argv.slice(2)) {
  process.chdir(folder)
  const { exitCode: code, out: stdout, err: stderr } = await signalbox(['config', 'check'])
  ended.push({ code, stdout, stderr })
}
process.stdout.write(JSON.stringify(ended))
