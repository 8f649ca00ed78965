/**
 * What follows from the configuration, and can be swapped while a worker runs.
 *
 * @module
 */
import type { Configuration } from '../../catalog/index.ts'
import type { ModelPort } from '../../core/ports.ts'
import { type Roster, rosterOf } from '../../core/routing/roster.ts'
import type { Directory } from '../../core/task-class.ts'
import { createModels, type Models } from '../../providers/create-models.ts'
import type { Proxies } from '../../providers/transport/proxies.ts'

/** One version's parts; they belong together. */
export interface Configured {
  readonly configuration: Configuration
  readonly directory: Directory
  readonly roster: Roster
  readonly models: ModelPort
}

export interface LiveConfiguration {
  /** The current one. A caller may keep using it: it works as long as the worker lives. */
  now(): Configured
  /** Calls that begin from now on have this one. */
  use(configuration: Configuration): void
  /** Ends what is in flight, under every version. */
  close(): Promise<void>
}

/** A retired version is kept only while it is asked: a call that it planned holds it until that call's own end. */
export function createLiveConfiguration(first: Configuration, proxies: Proxies = {}): LiveConfiguration {
  const inFlight = new Map<Models, number>()
  let models = createModels(first.providers, { proxies })
  const counted = (its: Models): ModelPort => ({
    async ask(ask) {
      inFlight.set(its, (inFlight.get(its) ?? 0) + 1)
      try {
        return await its.ask(ask)
      } finally {
        const left = inFlight.get(its)! - 1
        if (left > 0) inFlight.set(its, left)
        else inFlight.delete(its)
        if (left === 0 && its !== models) its.rest()
      }
    },
  })
  let configured = configuredBy(first, counted(models))
  return {
    now: () => configured,
    use(configuration) {
      models.rest()
      models = createModels(configuration.providers, { proxies })
      configured = configuredBy(configuration, counted(models))
    },
    close: async () => void (await Promise.all([...new Set([models, ...inFlight.keys()])].map(each => each.close()))),
  }
}

function configuredBy(configuration: Configuration, models: ModelPort): Configured {
  const { directory } = configuration
  return { configuration, directory, roster: rosterOf(directory.endpoints), models }
}
