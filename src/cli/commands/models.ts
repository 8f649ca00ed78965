import { type Command, Option } from 'commander'
import { definedOnly } from '../../core/defined-only.ts'
import { ABILITIES, type Ability } from '../../core/endpoints.ts'
import type { CatalogueEndpoint, EndpointFilter } from '../../runtime/configuration/list-models.ts'
import { CONFIG } from '../parse/serving-options.ts'
import { count, gather, name, price, someOf } from '../parse/values.ts'
import { printJson } from '../print/json.ts'
import { folding, renderTableWithin } from '../print/table.ts'
import { formatCount, priceWords } from '../print/words.ts'
import type { Terminal } from '../terminal.ts'
import { addModelLists } from './model-lists.ts'

interface ModelsFlags {
  readonly provider?: string
  readonly author?: string
  readonly ability?: readonly Ability[]
  readonly tools?: boolean
  readonly jsonSchema?: boolean
  readonly images?: boolean
  readonly minWindow?: number
  readonly maxPrice?: number
  readonly sort: NonNullable<EndpointFilter['sort']>
  readonly limit: number
  readonly configured?: boolean
  readonly zdr?: boolean
  readonly training: boolean
  readonly region?: readonly string[]
  readonly all?: boolean
  readonly config?: string
  readonly json?: boolean
}

const LIMIT = 30

export function addModels(program: Command, terminal: Terminal): void {
  const models = program
    .command('models')
    .enablePositionalOptions()
    .description('search the catalogue, cheapest first')
    .argument('[text...]', 'words that must occur in the id or the title')
    .option('--provider <name>', 'only of this provider', name)
    .option('--author <name>', "only this author's models, e.g. anthropic", name)
    .option(
      '--ability <name>',
      `only models that can do this; may be repeated: ${ABILITIES.join(', ')}`,
      someOf(ABILITIES),
    )
    .option('--tools', 'only models that can call tools')
    .option('--json-schema', 'only models that can answer to a schema')
    .option('--images', 'only models that read images')
    .option('--min-window <tokens>', 'the smallest context window', count)
    .option('--max-price <usd>', 'the most that a million tokens of input or of output may cost', price)
    .addOption(
      new Option('--sort <by>', 'what comes first').choices(['price', 'window', 'release', 'name']).default('price'),
    )
    .option('--limit <count>', 'at most this many', count, LIMIT)
    .option('--all', 'also models that are deprecated, or that answer with more than text')
    .option('--configured', 'only models of the configuration, with its prices and data policies')
    .option('--zdr', 'only configured models that are known to keep nothing')
    .option('--no-training', 'only configured models that are known not to train on what they are sent')
    .option('--region <name>', 'only configured models that are known to be in this region; may be repeated', gather)
    .option(...CONFIG)
    .option('--json', 'print one JSON object')
    .action((text: readonly string[], flags: ModelsFlags) => list(text, flags, terminal))
  addModelLists(models, terminal)
}

async function list(text: readonly string[], flags: ModelsFlags, terminal: Terminal): Promise<void> {
  const { listModels } = await import('../../runtime/configuration/list-models.ts')
  const filter = filterOf(text, flags)
  const configured = flags.configured === true || filter.policy !== undefined
  const { endpoints, catalogVersion } = await listModels(filter, {
    configured,
    config: flags.config,
    env: terminal.env,
  })
  const shown = endpoints.slice(0, flags.limit)
  if (flags.json) return printJson(terminal, { catalogVersion, found: endpoints.length, endpoints: shown })
  terminal.print(
    shown.length > 0
      ? table(shown, terminal.columns)
      : `no endpoint of the ${configured ? 'configuration' : 'catalogue'} matches`,
  )
  if (endpoints.length > shown.length)
    terminal.note(`${shown.length} of ${formatCount(endpoints.length)} endpoints; --limit shows more`)
}

function filterOf(text: readonly string[], flags: ModelsFlags): EndpointFilter {
  const { provider, author, minWindow, maxPrice, sort, all } = flags
  const policy = policyOf(flags)
  return {
    text: text.join(' '),
    abilities: abilitiesOf(flags),
    sort,
    ...definedOnly({
      provider,
      author,
      contextWindow: minWindow,
      maxInputPrice: maxPrice,
      maxOutputPrice: maxPrice,
      policy,
      all,
    }),
  }
}

function abilitiesOf({ ability = [], tools, jsonSchema, images }: ModelsFlags): readonly Ability[] {
  const wanted: Readonly<Partial<Record<Ability, boolean>>> = { tools, 'json-schema': jsonSchema, images }
  return [...new Set([...ability, ...(Object.keys(wanted) as Ability[]).filter(name => wanted[name])])]
}

/** The catalogue knows no data policies: they are contracts, and stand in the configuration. */
function policyOf({ zdr, training, region }: ModelsFlags): EndpointFilter['policy'] {
  if (!zdr && training && !region) return undefined
  return { ...(zdr && { zdr }), ...(!training && { training: 'deny' as const }), ...(region && { regions: region }) }
}

function table(endpoints: readonly CatalogueEndpoint[], width: number | undefined): string {
  return renderTableWithin<CatalogueEndpoint>(
    width,
    [
      { title: 'endpoint', cell: endpoint => endpoint.id },
      { title: 'title', cell: endpoint => endpoint.title, folded: 'cell' },
      { title: 'window', cell: endpoint => formatCount(endpoint.contextWindow), align: 'right' },
      folding('output', endpoint => formatCount(endpoint.maxOutput), 'right'),
      { title: 'USD per million in/out', cell: endpoint => priceWords(endpoint.price), align: 'right' },
      { title: 'abilities', cell: endpoint => endpoint.abilities.join(' '), folded: 'cell' },
      { title: 'data', cell: dataWords, folded: 'cell' },
      folding('released', endpoint => endpoint.releaseDate ?? ''),
      { title: 'status', cell: endpoint => endpoint.status ?? '', folded: 'cell' },
    ],
    endpoints,
  )
}

/** `none, no training, eu`; nothing for what is unknown. */
function dataWords({ dataPolicy: { retention, training, region } }: CatalogueEndpoint): string {
  const kept = retention === undefined ? undefined : retention === 'none' ? 'keeps nothing' : `keeps ${retention}`
  const trains = training === undefined ? undefined : training ? 'trains' : 'no training'
  return [kept, trains, region].filter(words => words !== undefined).join(', ')
}
