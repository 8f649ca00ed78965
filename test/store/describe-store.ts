import type { QueryCompiler } from 'kysely'
import { afterEach, describe } from 'vitest'
import type { Store, StoreSettings } from '../../src/store/index.ts'
import { admissionTests } from './contract/admissions.ts'
import { alertTests } from './contract/alerts.ts'
import { budgetTests } from './contract/budget.ts'
import { callTests } from './contract/calls.ts'
import { endpointTests } from './contract/endpoints.ts'
import { eventTests } from './contract/events.ts'
import { healthTests } from './contract/health.ts'
import { clientTextTests, longContentTests } from './contract/long-content.ts'
import { neighbourTests } from './contract/neighbours.ts'
import { noticeTests } from './contract/notices.ts'
import { openTests } from './contract/opening.ts'
import { reportTests } from './contract/reports.ts'
import { routeTests } from './contract/routes.ts'
import { sealTests } from './contract/seals.ts'
import { sharedBudgetModelTests } from './contract/shared-budget-model.ts'
import { sharedBudgetTests } from './contract/shared-budgets.ts'
import { spendTests } from './contract/spend.ts'
import { toolPriceTests } from './contract/tool-prices.ts'
import { toolTests } from './contract/tools.ts'
import { transcriptTests } from './contract/transcripts.ts'
import { unansweredTests } from './contract/unanswered.ts'
import { upgradeTests } from './contract/upgrades.ts'

/** An empty database that several stores can be opened on. */
export interface Place {
  open(settings?: Pick<StoreSettings, 'masterKeys' | 'upToDate'>): Promise<Store>
  /** Runs one statement past the store, as damage or another version would. */
  execute(statement: string): Promise<void>
  /** How its statements are written. */
  readonly compiler: () => QueryCompiler
  /** So many parameters one statement takes. */
  readonly mostParameters: number
  /** What an empty database needs before tables are made in it past the store. */
  readonly preparing: readonly string[]
  /** Everything that lies there, as far as it can be got at. */
  contents(): Promise<string>
  remove(): Promise<void>
}

/** Gives a place, or a store on a place, that is gone after the test. */
export interface Bench {
  newPlace(): Promise<Place>
  open(place?: Place, settings?: Pick<StoreSettings, 'masterKeys' | 'upToDate'>): Promise<Store>
}

/** What every store keeps to, whatever lies under it. */
export function describeStore({ name, newPlace }: { name: string; newPlace: () => Promise<Place> }): void {
  describe(`store on ${name}`, () => {
    const bench = createBench(newPlace)
    describe('opening', () => openTests(bench))
    describe('stores of earlier versions', () => upgradeTests(bench))
    describe('calls and attempts', () => callTests(bench))
    describe('runs beside each other', () => neighbourTests(bench))
    describe('budget', () => budgetTests(bench))
    describe('shared budgets', () => {
      sharedBudgetTests(bench)
      sharedBudgetModelTests(bench)
    })
    describe('transcripts', () => transcriptTests(bench))
    describe('long content', () => longContentTests(bench))
    describe('long texts of clients', () => clientTextTests(bench))
    describe('events', () => eventTests(bench))
    describe('health of endpoints', () => healthTests(bench))
    describe('limits of endpoints', () => admissionTests(bench))
    describe('calls without an answer', () => unansweredTests(bench))
    describe('alerts', () => alertTests(bench))
    describe('notices of ends', () => noticeTests(bench))
    describe('tool records', () => toolTests(bench))
    describe('prices of tools', () => toolPriceTests(bench))
    describe('seals and purges', () => sealTests(bench))
    describe('reports', () => reportTests(bench))
    describe('routes', () => routeTests(bench))
    describe('spend', () => spendTests(bench))
    describe('what was measured of endpoints', () => endpointTests(bench))
  })
}

function createBench(newPlace: () => Promise<Place>): Bench {
  const places: Place[] = []
  const stores: Store[] = []
  afterEach(async () => {
    for (const store of stores.splice(0)) await store.close()
    for (const place of places.splice(0)) await place.remove()
  })
  const bench: Bench = {
    async newPlace() {
      const place = await newPlace()
      places.push(place)
      return place
    },
    async open(place, settings) {
      const store = await (place ?? (await bench.newPlace())).open(settings)
      stores.push(store)
      return store
    },
  }
  return bench
}
