/**
 * Closes runs that are no more, and gives back what they hold: one that is terminated or times out tells nobody.
 *
 * @module
 */
import { type Closed, type Closing, closeEnded } from '../ending/close-ended.ts'
import { passed } from '../passed.ts'
import { knownProblem } from '../problems.ts'
import { createNewerNotice, type NewerLooked } from '../store/newer-notice.ts'

/** How many open runs one look asks the server about, beside those that hold something: some 2 ms each. */
const LOOK_AT = 250

/**
 * Settles the open attempts of runs that have ended, and ends those runs in the store. The attempts count as abandoned: they
 * are charged their worst case, for the vendor may have billed it; should one come to its end after all, that corrects it.
 * Runs that are open are left alone, also one that is reset in this very moment: its new part has come to the store since. May be
 * done by several workers at once.
 *
 * A store may have runs of several namespaces and servers. This one's server knows nothing of the others', and would have them
 * all for lost: they are left alone, as are those of which nobody has said where they run.
 */
export async function reconcile(reconciling: Closing): Promise<Closed> {
  const closed = [...(await closeHolding(reconciling)).closed]
  let foreign = 0
  for (let after: string | undefined = ''; after !== undefined; ) {
    const look = await lookThrough(reconciling, after)
    closed.push(...look.closed)
    foreign += look.foreign
    after = look.after
  }
  return { closed, foreign }
}

async function closeHolding(reconciling: Closing): Promise<Closed> {
  return closeEnded(reconciling, await reconciling.store.budgets.holdingRuns())
}

/** The open runs whose keys come next. Most of them hold nothing, and only the server knows whether they have ended. */
async function lookThrough(reconciling: Closing, from: string) {
  const runs = await reconciling.store.budgets.openRuns(from, LOOK_AT)
  const after = runs.length < LOOK_AT ? undefined : runs.at(-1)?.key
  return { ...(await closeEnded(reconciling, runs)), after }
}

export interface RegularReconciling extends Omit<Closing, 'store' | 'foreign'> {
  readonly store: Closing['store'] & NewerLooked
  readonly everyMs: number
  /** Ends the content of runs whose retention is over. */
  readonly retire: () => Promise<void>
  readonly warn: (message: string, fields: Readonly<Record<string, unknown>>) => void
  /** Says that what was out of reach is back. */
  readonly tell: (message: string) => void
  /** Ends it. */
  readonly signal: AbortSignal
}

/** While server or store are out of reach: whoever reads the log is told soon that they are back. */
const AGAIN_AFTER_MS = 60_000

/**
 * Reconciles at once and then regularly: each time all runs that hold something, and as many of the open ones as one look asks about.
 * Where server or store are out of reach, the next time will do.
 */
export async function reconcileRegularly({
  everyMs,
  retire,
  warn,
  tell,
  ...reconciling
}: RegularReconciling): Promise<void> {
  const { signal } = reconciling
  let after = ''
  const tellOfNewer = createNewerNotice(reconciling.store, warn)
  const look = async () => {
    await tellOfNewer()
    const holding = await closeHolding(reconciling)
    const found = await lookThrough(reconciling, after)
    after = found.after ?? ''
    for (const { run, reason } of [...holding.closed, ...found.closed])
      warn('a run that had ended was closed, and what it held was released', { run, reason })
  }
  for (let wasAway = false; !signal.aborted; ) {
    const isAway = await lookAndRetire(look, retire, warn)
    if (wasAway && !isAway) tell('runs are checked again: the store and the Temporal server answer')
    wasAway = isAway
    await passed(isAway ? Math.min(everyMs, AGAIN_AFTER_MS) : everyMs, signal)
  }
}

/** Gives whether the server or the store was out of reach. The store alone knows whose retention is over: it is kept without the server. */
async function lookAndRetire(
  look: () => Promise<void>,
  retire: () => Promise<void>,
  warn: RegularReconciling['warn'],
): Promise<boolean> {
  const [unseen, kept] = [await problemIn(look), await problemIn(retire)]
  if (unseen !== undefined) warn('runs could not be checked', { problem: unseen })
  // Without the store neither can be done, and one line says so.
  if (kept !== undefined && kept !== unseen)
    warn('content could not be removed at the end of its retention', { problem: kept })
  return unseen !== undefined || kept !== undefined
}

async function problemIn(act: () => Promise<void>): Promise<string | undefined> {
  try {
    await act()
    return undefined
  } catch (error) {
    const problem = knownProblem(error)
    if (!problem) throw error
    return problem.message
  }
}
