/**
 * Looks for patterns that people wrote, none of which may hold up a worker: a regular expression can take longer than the
 * universe for a text of a hundred letters.
 *
 * @module
 */
import { type Context, createContext, Script } from 'node:vm'
import {
  CONTENT_TIME_LIMIT_MS,
  type ContentRule,
  type Scanned,
  type ScanTexts,
} from '../../core/content/content-rule.ts'

/** Patterns that came with runs are not kept for ever. */
const MOST_COMPILED = 200

/** Runs each pattern in a context that Node stops at its limit in the middle of a match, which nothing else could. */
export function createScan(): ScanTexts {
  const world: { texts: readonly string[]; replace: string } = { texts: [], replace: '' }
  const scope = createContext(world, { codeGeneration: { strings: false, wasm: false } })
  const compiled = new Map<string, Script | undefined>()
  const scriptOf = (rule: ContentRule) => {
    const key = `${rule.ignoreCase ? 'i' : ''}/${rule.pattern}`
    if (!compiled.has(key)) {
      if (compiled.size >= MOST_COMPILED) compiled.clear()
      compiled.set(key, compile(rule))
    }
    return compiled.get(key)
  }
  return (rule, texts) => {
    const script = scriptOf(rule)
    if (!script) return { kind: 'broken' }
    world.texts = texts
    world.replace = rule.replace ?? ''
    try {
      return runWithin(script, scope, Math.max(1, Math.ceil(rule.timeLimitMs ?? CONTENT_TIME_LIMIT_MS)))
    } finally {
      world.texts = []
    }
  }
}

/** How often a pattern is tried again that was stopped while the machine was busy elsewhere. */
const MOST_TRIES = 5

/**
 * Node stops a pattern by the clock on the wall; whether the pattern itself took so long, the processor's time tells. On a busy
 * machine 50 ms passed before a pattern had run for one.
 */
function runWithin(script: Script, scope: Context, timeout: number): Scanned {
  for (let left = MOST_TRIES; ; left -= 1) {
    const before = spentMs()
    try {
      return scannedOf(script.runInContext(scope, { timeout }) as readonly string[] | undefined)
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ERR_SCRIPT_EXECUTION_TIMEOUT') throw error
      if (left === 1 || spentMs() - before >= timeout / 2) return { kind: 'late' }
    }
  }
}

/** Of this thread, where Node can say that; else of the process. */
function spentMs(): number {
  const { user, system } = (process.threadCpuUsage ?? process.cpuUsage)()
  return (user + system) / 1_000
}

/** The array is of the pattern's realm, so it is copied into one of ours. */
function scannedOf(changed: readonly string[] | undefined): Scanned {
  return changed === undefined ? { kind: 'none' } : { kind: 'matched', texts: Array.from(changed) }
}

/** The pattern stands in the source as a text, and so can be no code. `undefined`: it is no regular expression. */
function compile({ pattern, ignoreCase }: ContentRule): Script | undefined {
  const flags = ignoreCase ? 'gi' : 'g'
  try {
    new RegExp(pattern, flags)
  } catch (error) {
    if (error instanceof SyntaxError) return undefined
    throw error
  }
  return new Script(`{
    const pattern = new RegExp(${JSON.stringify(pattern)}, '${flags}')
    let found = false
    const changed = []
    for (const text of texts)
      changed.push(text.replace(pattern, () => { found = true; return replace }))
    found ? changed : undefined
  }`)
}
