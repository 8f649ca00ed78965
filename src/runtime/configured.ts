/**
 * What follows from the configuration, and can be swapped while a worker runs.
 *
 * @module
 */
import type { Configuration } from '../catalog/index.ts'
import type { ModelPort } from '../core/ports.ts'
import { type Roster, rosterOf } from '../core/routing/roster.ts'
import type { Directory } from '../core/task-class.ts'
import { createModels } from '../providers/create-models.ts'

/** One version's parts; they belong together. */
export interface Configured {
  readonly configuration: Configuration
  readonly directory: Directory
  readonly roster: Roster
  readonly models: ModelPort
}

export interface LiveConfiguration {
  /** As it is now. Who holds one may go on with it: it answers as long as the worker lives. */
  now(): Configured
  /** What begins from now on has this one. */
  use(configuration: Configuration): void
  /** Ends what is in flight, under every version. */
  close(): Promise<void>
}

export function createLive(first: Configuration): LiveConfiguration {
  let models = createModels(first.providers)
  let configured = configuredBy(first, models)
  const retired: (typeof models)[] = []
  return {
    now: () => configured,
    use(configuration) {
      models.rest()
      retired.push(models)
      models = createModels(configuration.providers)
      configured = configuredBy(configuration, models)
    },
    close: async () => void (await Promise.all([models, ...retired].map(each => each.close()))),
  }
}

function configuredBy(configuration: Configuration, models: ModelPort): Configured {
  const { directory } = configuration
  return { configuration, directory, roster: rosterOf(directory.endpoints), models }
}
