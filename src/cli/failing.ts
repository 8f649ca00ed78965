/**
 * What `runs --outcome open` tells of the runs of the store that the Temporal server alone knows: what of them fails.
 *
 * @module
 */
import type { Signalbox } from '../runtime/client.ts'
import type { RunReport } from '../runtime/store/records.ts'
import { BESIDE_A_LIST, withSignalbox } from './connections.ts'
import type { Terminal } from './terminal.ts'
import { untoldWords } from './unopened.ts'

export interface FailingRuns {
  /** What fails, by the keys of the runs. */
  readonly failing: ReadonlyMap<string, string>
  /** Why it is not known. */
  readonly note?: string
}

/** Never rejects: the list of the store is shown even if the server does not answer. */
export async function lookForFailing(
  terminal: Pick<Terminal, 'env'>,
  listed: Promise<{ readonly runs: readonly RunReport[] }>,
): Promise<FailingRuns> {
  const { failingRuns } = await import('../runtime/hearing/failing-runs.ts')
  const looking = async ({ client }: Signalbox) => ({ failing: await failingRuns(client, (await listed).runs) })
  return withSignalbox(terminal, looking, BESIDE_A_LIST).catch(async error => ({
    failing: new Map(),
    note: `whether any of them fails is not known: ${await untoldWords(error)}`,
  }))
}
