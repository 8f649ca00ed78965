import type { Client } from '@temporalio/client'
import { RunUnheard } from '../../src/runtime/hearing/run-unheard.ts'

/** So late no machine is. */
const LAST_MS = 30_000

/**
 * What whoever asks a run is told that nobody answers for. On a busy machine the time may be over before the run is asked at all: then it
 * is asked again, with twice the time.
 */
export async function toldUnheard(
  client: Client,
  ask: () => Promise<unknown>,
  { withinMs = 1_000 }: { readonly withinMs?: number } = {},
): Promise<unknown> {
  const told = await client.withDeadline(Date.now() + withinMs, ask).catch((thrown: unknown) => thrown)
  return told instanceof RunUnheard || withinMs > LAST_MS ? told : toldUnheard(client, ask, { withinMs: withinMs * 2 })
}
