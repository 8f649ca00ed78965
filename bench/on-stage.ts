/**
 * A bench's work on its stage, which goes with it.
 *
 * @module
 */
import type { Closers } from '../src/runtime/closers.ts'
import { watchSignals } from '../src/runtime/watch-signals.ts'
import { report } from './progress.ts'

/**
 * Does the work on the stage and takes it down, however the work ends. Ctrl-C and SIGTERM end it midway, and this process with the
 * code that shells expect: a stage that is being set up is set up first, so that nothing of it is left. A second one ends this
 * process on the spot.
 */
export async function onStage<Stage extends Pick<Closers, 'close'>, Done>(
  set: () => Promise<Stage>,
  work: (stage: Stage) => Promise<Done>,
): Promise<Done> {
  const signals = watchSignals(() => {
    report('ending what was started')
    // What the work is at fails under it, where nobody waits for it any more; the rest of the stage has to go all the same.
    process.on('uncaughtException', () => undefined)
  })
  const ended = signals.came.then(() => Promise.reject(new Error('the bench was told to end')))
  // While the stage is being set up nobody listens yet.
  ended.catch(() => undefined)
  try {
    const stage = await set()
    try {
      return await Promise.race([work(stage), ended])
    } finally {
      await stage.close()
    }
  } finally {
    const code = signals.exitCode()
    signals.stop()
    if (code !== undefined) process.exit(code)
  }
}
