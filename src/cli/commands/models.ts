import type { Command } from 'commander'
import type { Ability } from '../../core/endpoints.ts'
import type { CatalogueEndpoint, EndpointFilter } from '../../runtime/models.ts'
import { count, price } from '../parse/values.ts'
import { printJson } from '../print/json.ts'
import { priceWords } from '../print/price.ts'
import { renderTable } from '../print/table.ts'
import { formatCount } from '../print/words.ts'
import type { Terminal } from '../terminal.ts'

interface ModelsFlags {
  readonly provider?: string
  readonly tools?: boolean
  readonly jsonSchema?: boolean
  readonly images?: boolean
  readonly minWindow?: number
  readonly maxPrice?: number
  readonly limit: number
  readonly all?: boolean
  readonly json?: boolean
}

const LIMIT = 30

export function addModels(program: Command, terminal: Terminal): void {
  program
    .command('models')
    .description('look through the catalogue, cheapest first')
    .argument('[text...]', 'words that must occur in the id or the title')
    .option('--provider <name>', 'of one provider')
    .option('--tools', 'that can call tools')
    .option('--json-schema', 'that can hold an answer to a schema')
    .option('--images', 'that read images')
    .option('--min-window <tokens>', 'the least context window', count)
    .option('--max-price <usd>', 'the most that a million tokens of input or of output may cost', price)
    .option('--limit <count>', 'at most so many', count, LIMIT)
    .option('--all', 'also what is deprecated, or answers with more than text')
    .option('--json', 'print one JSON object')
    .action((text: readonly string[], flags: ModelsFlags) => list(text, flags, terminal))
}

async function list(text: readonly string[], flags: ModelsFlags, terminal: Terminal): Promise<void> {
  const { listModels } = await import('../../runtime/models.ts')
  const { endpoints, catalogVersion } = listModels(filterOf(text, flags))
  const shown = endpoints.slice(0, flags.limit)
  if (flags.json) return printJson(terminal, { catalogVersion, found: endpoints.length, endpoints: shown })
  terminal.print(shown.length > 0 ? table(shown) : 'no endpoint of the catalogue is so')
  if (endpoints.length > shown.length)
    terminal.note(`${shown.length} of ${formatCount(endpoints.length)} endpoints; --limit shows more`)
}

function filterOf(text: readonly string[], flags: ModelsFlags): EndpointFilter {
  const { provider, minWindow, maxPrice, all } = flags
  const wanted: Readonly<Partial<Record<Ability, boolean>>> = {
    tools: flags.tools,
    'json-schema': flags.jsonSchema,
    images: flags.images,
  }
  return {
    text: text.join(' '),
    abilities: (Object.keys(wanted) as Ability[]).filter(ability => wanted[ability]),
    ...(provider !== undefined && { provider }),
    ...(minWindow !== undefined && { contextWindow: minWindow }),
    ...(maxPrice !== undefined && { maxInputPrice: maxPrice, maxOutputPrice: maxPrice }),
    ...(all && { all }),
  }
}

function table(endpoints: readonly CatalogueEndpoint[]): string {
  return renderTable<CatalogueEndpoint>(
    [
      { title: 'endpoint', cell: endpoint => endpoint.id },
      { title: 'title', cell: endpoint => endpoint.title },
      { title: 'window', cell: endpoint => formatCount(endpoint.contextWindow), align: 'right' },
      { title: 'output', cell: endpoint => formatCount(endpoint.maxOutput), align: 'right' },
      { title: 'USD per million in/out', cell: endpoint => priceWords(endpoint.price), align: 'right' },
      { title: 'abilities', cell: endpoint => endpoint.abilities.join(' ') },
      { title: 'released', cell: endpoint => endpoint.releaseDate },
      { title: 'status', cell: endpoint => endpoint.status ?? '' },
    ],
    endpoints,
  )
}
