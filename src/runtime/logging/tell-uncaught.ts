/**
 * Says why a worker's process ends by an error that nobody caught, beside what Node prints of it: a bug, and never caught here.
 *
 * @module
 */
import { placeIn } from '../app/place-in.ts'

/** Tells of such an error in a line. Of none that a listener of the app's own takes: the process goes on. */
export function tellUncaught(tell: (words: string) => void): void {
  process.on('uncaughtExceptionMonitor', (error: unknown, origin) => {
    if (process.listenerCount('uncaughtException') === 0) tell(uncaughtWords(error, origin))
  })
}

function uncaughtWords(error: unknown, origin: NodeJS.UncaughtExceptionOrigin): string {
  const { stack } = Object(error) as { readonly stack?: unknown }
  const place = typeof stack === 'string' ? placeIn(stack) : undefined
  const [what, todo] = WORDS[origin]
  return `this process ends, because ${what}: ${error}${place === undefined ? '' : `, at ${place}`}. Runs continue with the next worker. ${todo}`
}

const WORDS: Readonly<Record<NodeJS.UncaughtExceptionOrigin, readonly [what: string, todo: string]>> = {
  unhandledRejection: [
    'a promise was rejected that nobody awaited',
    'Await that promise, or give it a `.catch()`, as in `void report().catch(log)`',
  ],
  uncaughtException: ['an error was thrown that nobody caught', 'Catch it where a timer or a listener may throw it'],
}
