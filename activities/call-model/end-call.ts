import type { LedgerPort, NewCall } from '../../src/core/ports.ts'

/** Ends a call in the ledger that has no answer. A worker of an earlier try can then do nothing for it any more. */
export async function endCall(
  { ledger, now }: { readonly ledger: LedgerPort; readonly now: () => number },
  { callId, run, step, part }: NewCall,
): Promise<void> {
  await ledger.endCalls({ callId, run, step, ...(part !== undefined && { part }), endedAtMs: now() })
}
