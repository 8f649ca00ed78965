/**
 * What the call-model activity needs from the world.
 *
 * @module
 */
import type {
  EventPort,
  HealthPort,
  LedgerPort,
  ModelPort,
  RegistryPort,
  TokenPort,
  ToolRecordPort,
  TranscriptPort,
} from '../../src/core/ports.ts'
import type { Directory } from '../../src/core/task-class.ts'
import type { Nearest } from '../names.ts'

export interface CallModelPorts {
  readonly directory: Directory
  readonly registry: RegistryPort
  readonly ledger: LedgerPort
  readonly transcripts: TranscriptPort
  readonly toolRecords: ToolRecordPort
  readonly events: EventPort
  readonly models: ModelPort
  readonly health: HealthPort
  readonly tokens: TokenPort
  readonly nearest: Nearest
  /** Milliseconds since the epoch. */
  readonly now: () => number
  /** In [0, 1). */
  readonly chance: () => number
  /** 128 random bits as text, for the ids of requests on the wire. */
  readonly newId: () => string
}
