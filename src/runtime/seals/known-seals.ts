import { remember } from '../../core/remember.ts'
import { sealedRoot, type WorkflowPlace } from '../../core/sealing.ts'
import { type Seal, type Sealer, SealProblem, type SealStore } from '../../store/index.ts'

/** How workflows are sealed, as this process has learnt it. */
export interface KnownSeals {
  /** `undefined`: it is not. @throws SealProblem when its key is out of reach */
  of(workflow: WorkflowPlace): Promise<Seal | undefined>
  withKey(keyId: string): Promise<Sealer>
  /** Something of it came sealed: if it was remembered as unsealed, the store is asked again. */
  cameSealed(workflow: WorkflowPlace): void
  /** Forgets what is known of a run: it has another key now, or none. */
  forget(workflow: WorkflowPlace): void
}

/** How long a key that was destroyed elsewhere may still be used here. */
const SEALED_MS = 60_000

/** Nothing depends on this time: a worker hears of every sealed run by a sealed payload first, which ends it at once. */
const PLAIN_MS = 300_000

const MOST = 10_000

/**
 * @param rememberPlain - Whether unsealed runs are remembered too. Only for workers: a client may send to a run from which it has heard
 * nothing, so it asks the store each time.
 */
export function createKnownSeals(
  seals: () => Promise<SealStore | undefined>,
  now: () => number,
  { rememberPlain }: { readonly rememberPlain: boolean },
): KnownSeals {
  const known = new Map<string, { readonly seal: Seal | undefined; readonly untilMs: number }>()
  return {
    async of(workflow) {
      const root = sealedRoot(workflow)
      const entry = known.get(root)
      if (entry && entry.untilMs > now()) return entry.seal
      const seal = await (await seals())?.of(root)
      const untilMs = now() + (seal ? SEALED_MS : PLAIN_MS)
      if (seal || rememberPlain) remember(known, root, { seal, untilMs }, MOST)
      return seal
    },
    async withKey(keyId) {
      const store = await seals()
      if (store) return store.withKey(keyId)
      throw new SealProblem(
        'unknown-key',
        'this is sealed, and its key is in a store that this client was connected without; connect it with `store`, or set DATABASE_URL to the store that the workers use',
      )
    },
    forget: workflow => void known.delete(sealedRoot(workflow)),
    cameSealed(workflow) {
      const root = sealedRoot(workflow)
      if (known.has(root) && !known.get(root)!.seal) known.delete(root)
    },
  }
}
