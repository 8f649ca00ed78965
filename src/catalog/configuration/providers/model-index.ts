/**
 * Which models the providers of a configuration serve, by every name that a class may use for them.
 *
 * @module
 */
import type { Catalogue } from '../../catalogue.ts'
import type { Sections } from '../shape/read-sections.ts'
import { valueAt } from '../text/value-at.ts'
import type { YamlDocument } from '../text/yaml-document.ts'
import { vendorOf } from './like.ts'
import type { ResolvedProvider } from './resolve-provider.ts'

/** Which models exist, and where. */
export interface ModelIndex {
  /**
   * By what a class may call a model, its name or its id on the wire: the names of the models that are meant. Of every provider in the
   * file, also those that are disabled.
   */
  readonly names: ReadonlyMap<string, readonly string[]>
  /** Names that broken providers may serve: nothing can be said about them. */
  readonly uncertain: ReadonlySet<string>
  /** What all models of the catalogue are called. */
  readonly listed: () => Iterable<string>
  /** Providers of the catalogue that serve a model and are not in the file. */
  readonly servedElsewhere: (model: string) => readonly string[]
}

/** @returns the index, and whether some provider is too broken to say what it serves. */
export function indexModels(
  { providers }: Sections,
  resolved: readonly ResolvedProvider[],
  document: YamlDocument,
  catalogue: Catalogue,
): { index: ModelIndex; broken: boolean } {
  const done = new Set(resolved.map(({ settings }) => settings.name))
  const broken = providers.names.filter(name => !done.has(name))
  const uncertain = broken.flatMap(name => [
    ...Object.keys(Object(valueAt(document.value, ['providers', name, 'models']))),
    ...catalogue
      .endpointsOf(vendorOf(name, providers.written.get(name), catalogue))
      .flatMap(({ model, upstream }) => [model, upstream]),
  ])
  return {
    index: {
      names: namesOf(resolved),
      uncertain: new Set(uncertain),
      listed: catalogue.modelNames,
      servedElsewhere: catalogue.providersOf,
    },
    broken: broken.length > 0,
  }
}

/** A model's own name stands for it at every provider; an id on the wire, for the models that have it at their providers. */
function namesOf(resolved: readonly ResolvedProvider[]): ReadonlyMap<string, readonly string[]> {
  const byProvider = resolved.map(({ offers }) =>
    // Of two with one id the one that is offered has it.
    [...offers].sort((a, b) => Number(a.offered) - Number(b.offered)).map(({ endpoint }) => endpoint),
  )
  const names = new Map<string, string[]>(byProvider.flat().map(({ model }) => [model, [model]]))
  for (const endpoints of byProvider)
    for (const [upstream, model] of new Map(endpoints.map(({ upstream, model }) => [upstream, model]))) {
      const called = names.get(upstream)
      if (!called) names.set(upstream, [model])
      else if (!called.includes(model)) called.push(model)
    }
  return names
}
