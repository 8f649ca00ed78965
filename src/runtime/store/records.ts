/**
 * What commands read from the store without a Temporal server.
 *
 * @module
 */
import type { EventPort, SharedHealthPort } from '../../core/ports.ts'
import type { ReportPort } from '../../store/index.ts'
import { openExistingStore } from './open-store.ts'

export type {
  CallReport,
  CostReport,
  CostSum,
  DecisionReport,
  EndpointReport,
  LedgerFilter,
  NameKind,
  NoticeReport,
  RunEnding,
  RunFilter,
  RunReport,
  SpendKey,
  SpendReport,
  SpendRow,
  SpendSum,
} from '../../store/index.ts'

export interface Records {
  readonly reports: ReportPort
  readonly health: SharedHealthPort
  readonly events: Pick<EventPort, 'read' | 'readLast' | 'readSpans'>
  /** Where the store is, for people. */
  readonly place: string
  close(): Promise<void>
}

/** @throws StoreProblem if the store cannot be opened or does not exist. */
export async function openRecords(env: NodeJS.ProcessEnv): Promise<Records> {
  const { reports, health, events, place, close } = await openExistingStore(env)
  return { reports, health, events, place, close }
}
