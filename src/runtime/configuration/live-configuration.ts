/**
 * What follows from the configuration, and can be swapped while a worker runs.
 *
 * @module
 */
import type { Configuration } from '../../catalog/index.ts'
import type { BatchPort, ModelPort } from '../../core/ports.ts'
import { type Roster, rosterOf } from '../../core/routing/filter/roster.ts'
import type { Directory } from '../../core/task-class.ts'
import { createModels, type Models } from '../../providers/create-models.ts'
import type { Proxies } from '../../providers/transport/proxies.ts'

/** One version's parts; they belong together. */
export interface Configured {
  readonly configuration: Configuration
  readonly directory: Directory
  readonly roster: Roster
  readonly models: ModelPort & BatchPort
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
  const whileCounted = async <Given>(its: Models, act: () => Promise<Given>): Promise<Given> => {
    inFlight.set(its, (inFlight.get(its) ?? 0) + 1)
    try {
      return await act()
    } finally {
      const left = inFlight.get(its)! - 1
      if (left > 0) inFlight.set(its, left)
      else inFlight.delete(its)
      if (left === 0 && its !== models) its.rest()
    }
  }
  const counted = (its: Models): Configured['models'] => ({
    ask: ask => whileCounted(its, () => its.ask(ask)),
    submit: ask => whileCounted(its, () => its.submit(ask)),
    look: (ask, batch) => whileCounted(its, () => its.look(ask, batch)),
    find: (endpoint, sought) => whileCounted(its, () => its.find(endpoint, sought)),
    withdraw: (endpoint, batch) => whileCounted(its, () => its.withdraw(endpoint, batch)),
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

function configuredBy(configuration: Configuration, models: Configured['models']): Configured {
  const { directory } = configuration
  return { configuration, directory, roster: rosterOf(directory.endpoints), models }
}
