import type { DemoReport } from '../../runtime/demo/report-types.ts'

export function renderReport(report: DemoReport, _columns: number | undefined): string {
  return `${JSON.stringify(report.totals, null, 2)}\n`
}
