/**
 * Puts the parts together: configuration, store, providers, tools and health become the ports of the activities.
 *
 * @module
 */
import { randomUUID } from 'node:crypto'
import type { ActivityPorts } from '../../activities/index.ts'
import { type Configuration, nearest } from '../catalog/index.ts'
import { createScreen } from '../core/content/create-screen.ts'
import type { SealPort } from '../core/ports.ts'
import { byteBound, estimatePromptTokens } from '../providers/estimate-tokens.ts'
import type { Store } from '../store/index.ts'
import { capResult, createRegistry } from '../tools/index.ts'
import { announceWarning } from './announce-warning.ts'
import type { App } from './app.ts'
import { ConfigurationProblem } from './configuration.ts'
import { createLive, type LiveConfiguration } from './configured.ts'
import { createHealth } from './health/create-health.ts'
import { createHedges } from './hedges.ts'
import { createLine } from './line.ts'
import { createPrefixes } from './prefixes.ts'
import { createScan } from './scan-texts.ts'
import { createKnownSeals, type KnownSeals } from './seals/known-seals.ts'

export interface Parts {
  readonly configuration: Configuration
  readonly store: Store
  readonly app: App
  /** Whether the server knows our search attributes. */
  readonly searchAttributes: boolean
  /** @defaultValue what the store has */
  readonly seals?: KnownSeals
}

export interface WiredPorts {
  readonly ports: ActivityPorts
  /** Swaps the configuration: calls that have begun go on with theirs. */
  readonly use: LiveConfiguration['use']
  /** Learns what other workers know of the endpoints; without it that comes with the first calls. */
  begin(): Promise<void>
  /** Closes the connections to vendors, and tells other workers the last that was seen of them. The store is the caller's. */
  close(): Promise<void>
}

/**
 * The ports of one worker.
 *
 * @throws ConfigurationProblem listing every problem of the app's agents, tools and schemas.
 */
export function wirePorts({ configuration, store, app, searchAttributes, seals }: Parts): WiredPorts {
  const registry = createRegistry(app)
  if (registry.problems.length > 0)
    throw new ConfigurationProblem(
      `the agents, tools and schemas of this worker have problems:\n- ${registry.problems.join('\n- ')}`,
    )
  const live = createLive(configuration)
  const now = () => Date.now()
  const chance = () => Math.random()
  const health = createHealth(now, chance, store.health)
  const ports: ActivityPorts = {
    get directory() {
      return live.now().directory
    },
    get roster() {
      return live.now().roster
    },
    get models() {
      return live.now().models
    },
    registry,
    ledger: store.ledger,
    budgets: store.budgets,
    seals: sealPort(seals ?? createKnownSeals(async () => store.seals, Date.now, { rememberPlain: true })),
    announce: announceWarning,
    transcripts: store.transcripts,
    toolRecords: store.tools,
    texts: store.texts,
    capResult,
    events: store.events,
    health,
    admissions: store.admissions,
    line: createLine(chance),
    knownRejections: new Map(),
    screen: createScreen(createScan()),
    hedges: createHedges(),
    prefixes: createPrefixes(now),
    tokens: { estimate: estimatePromptTokens, bound: byteBound },
    nearest,
    searchAttributes,
    now,
    chance,
    newId: randomUUID,
  }
  const close = async () => void (await Promise.all([live.close(), health.close()]))
  return { ports, begin: () => health.begin(), use: live.use, close }
}

function sealPort(seals: KnownSeals): SealPort {
  return {
    isSealed: async runId => (await seals.of(runId))?.content ?? false,
    async digest(runId, text) {
      const seal = await seals.of(runId)
      if (!seal?.content)
        throw new Error(`the run ${runId} knows that it is sealed, and the store has no key of it. This is a bug`)
      return seal.sealer.digest(text)
    },
  }
}
