/**
 * Loads a bundle of workflows once, as a worker does for each of its runs: a module that throws would fail the tasks of every run for
 * ever, and only their histories would say why.
 *
 * @module
 */
import { SourceMap } from 'node:module'
import { join } from 'node:path'
import { type Context, createContext, runInContext, Script } from 'node:vm'
import { TypedSearchAttributes } from '@temporalio/common'
import { disallowedModules } from '@temporalio/worker/lib/workflow/bundler.js'
import { injectGlobals } from '@temporalio/worker/lib/workflow/vm-shared.js'
import { placeIn } from '../app/place-in.ts'
import { shortPath } from '../app/short-path.ts'
import { ConfigurationProblem } from '../configuration/configuration-problem.ts'
import { type Compilation, type Compiler, requestOf, type WebpackPlugin } from './known-inputs.ts'

/** Long enough for a machine that has much else to do: it is there for a module that never ends. */
const LOAD_TIMEOUT_MS = 30_000

/**
 * A plug-in of the bundler, which fails with a ConfigurationProblem if the modules throw.
 *
 * @param userPath - The user's module of workflows.
 */
export function loadOnce(userPath: string): WebpackPlugin {
  return {
    apply: (compiler: Compiler) =>
      compiler.hooks.afterEmit.tapPromise('signalbox', async compilation => {
        const { assets, errors } = compilation
        const [name] = Object.keys(assets)
        const files = compiler.outputFileSystem as { readFileSync?(path: string, encoding: 'utf8'): string } | null
        if (errors.length > 0 || name === undefined || !files?.readFileSync) return
        const problem = await whatIsThrown(files.readFileSync(join(compiler.outputPath, name), 'utf8'))
        if (problem === undefined) return
        throw new ConfigurationProblem(
          `the workflows of ${shortPath(userPath)} cannot be loaded: ${problem}. They${importWords(compilation)} run in Temporal's sandbox: what needs Node or the network belongs in tools`,
        )
      }),
  }
}

/** A module that the sandbox lacks is empty there: what is thrown says only that it has no such function. */
function importWords({ modules }: Compilation): string {
  const imported = [...modules].flatMap(({ dependencies }) => dependencies.map(each => String(requestOf(each))))
  const lacking = [...new Set(imported)].filter(isLacking)
  return lacking.length > 0 ? ` import ${lacking.map(name => `'${name}'`).join(', ')}, and` : ''
}

function isLacking(name: string): boolean {
  const plain = name.replace(/^node:/, '')
  return disallowedModules.some(module => plain === module || plain.startsWith(`${module}/`))
}

const FILENAME = 'signalbox-loads-once.js'

async function whatIsThrown(code: string): Promise<string | undefined> {
  const context = createContext({}, { microtaskMode: 'afterEvaluate' })
  injectGlobals(context)
  Object.assign(context, { __webpack_module_cache__: {}, __temporal_args: ANY_RUN })
  const rejected = rejectedIn(context)
  try {
    new Script(code, { filename: FILENAME }).runInContext(context)
    runInContext('__TEMPORAL__.api.initRuntime(__temporal_args)', context, { timeout: LOAD_TIMEOUT_MS })
    // Node tells of promises that nobody hears when it has nothing else to do.
    await new Promise(setImmediate)
    runInContext('__TEMPORAL__.api.dispose()', context)
  } catch (error) {
    // A promise that was rejected besides would end the process if nobody heard it.
    await new Promise(setImmediate)
    return thrownWords(error, code)
  } finally {
    rejected.end()
  }
  const [error] = rejected.errors
  return error && thrownWords(error.reason, code)
}

/** Gathers what promises of the sandbox are rejected with and nobody hears, for which a worker fails the task; others are left as they were. */
function rejectedIn(context: Context) {
  const errors: { readonly reason: unknown }[] = []
  const sandboxed: unknown = runInContext('Promise', context)
  const hear = (reason: unknown, promise: Promise<unknown>) => {
    if (promise.constructor === sandboxed) errors.push({ reason })
    else if (process.listenerCount('unhandledRejection') === 1) throw reason
  }
  process.on('unhandledRejection', hear)
  return { errors, end: () => process.off('unhandledRejection', hear) }
}

/** It is the sandbox's error, and none of ours: `instanceof` would not know it. */
function thrownWords(error: unknown, code: string): string {
  const { stack } = Object(error) as { readonly stack?: unknown }
  const place = typeof stack === 'string' ? placeIn(mapped(stack, code)) : undefined
  const words = String(error).replaceAll(IMPORTED, '')
  return place === undefined ? words : `${words}, at ${place}`
}

/** What the bundler puts behind the name of an import, which a TypeError repeats. */
const IMPORTED = /__WEBPACK_IMPORTED_MODULE_\d+__(?:_default\(\.\.\.\))?/g

const FRAME = new RegExp(`(at (?:.*\\()?)\\S*${FILENAME}:(\\d+):(\\d+)`, 'g')

/** The stack with places in the files that were bundled instead of the bundle's own. */
function mapped(stack: string, code: string): string {
  const [, inline] = /\n\/\/# sourceMappingURL=data:application\/json;[^\n]*?base64,([^\n]+)\s*$/.exec(code) ?? []
  if (inline === undefined) return stack
  const map = new SourceMap(JSON.parse(Buffer.from(inline, 'base64').toString()))
  return stack.replace(FRAME, (frame, at: string, line: string, column: string) => {
    const origin = map.findOrigin(Number(line), Number(column))
    return 'fileName' in origin ? `${at}${origin.fileName}:${origin.lineNumber}:${origin.columnNumber}` : frame
  })
}

const NOW = new Date(0)

/** A made-up run. It replays, so that what the modules log is not printed. */
const ANY_RUN = {
  info: {
    workflowId: 'signalbox',
    runId: 'signalbox',
    workflowType: 'signalbox',
    searchAttributes: {},
    typedSearchAttributes: new TypedSearchAttributes(),
    taskQueue: 'signalbox',
    namespace: 'default',
    firstExecutionRunId: 'signalbox',
    originalExecutionRunId: 'signalbox',
    startTime: NOW,
    runStartTime: NOW,
    taskTimeoutMs: 10_000,
    attempt: 1,
    historyLength: 3,
    historySize: 0,
    continueAsNewSuggested: false,
    targetWorkerDeploymentVersionChanged: false,
    unsafe: { isReplaying: true, isReplayingHistoryEvents: true },
  },
  randomnessSeed: [...Array(8).keys()],
  now: NOW.getTime(),
  showStackTraceSources: false,
  failureExceptionTypeNames: [],
  sourceMap: {},
  getTimeOfDay: () => 0n,
  registeredActivityNames: new Set(),
  stackTracesEnabled: false,
}
