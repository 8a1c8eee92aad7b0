import { describe, expect, it } from 'vitest';
import { html, page, table } from '../../src/report/html/page.ts';
import { sweepHtml } from '../../src/report/html/sweep.ts';
import { sweep } from './fixtures/sweep.ts';

describe('a page', () => {
  it('escapes what stands in it, and shows characters that would turn a text', () => {
    expect(html`<b title="${'"<&\''}">${'a\u202eb'}</b>`.html).toBe(
      '<b title="&quot;&lt;&amp;&#39;">a\\u202eb</b>',
    );
  });

  it('forbids everything that it does not need', () => {
    const text = page({ title: 't', lead: 'l', sections: [], footer: 'f' });
    expect(text).toContain('default-src &#39;none&#39;; style-src &#39;unsafe-inline&#39;');
    expect(text).not.toMatch(/<script(?! type="application\/json")/);
  });

  it('sets columns of numbers to the right, others to the left, and says where there is nothing', () => {
    const { html: text } = table({
      caption: 'c',
      columns: ['', 'n'],
      rows: [
        ['a', 1],
        ['b', null],
      ],
    });
    expect(text).toContain('<td></td><th scope="col" class="number">n</th>');
    expect(text).toContain('<td>b</td><td class="number">–</td>');
  });
});

describe('the page of a sweep', () => {
  it('says what a search has found', async () => {
    const knee = {
      path: 'load[0].rate',
      threshold: 'latency.p99 < 30ms',
      keeps: 300,
      breaks: 400,
      confidence: 0.95,
      certain: true,
      monotone: true,
    };
    const text = await sweepHtml({ ...sweep, knee });
    expect(text).toContain(
      '<code>load[0].rate</code>, <code>latency.p99 &lt; 30ms</code>: 300 keeps it, 400 does not (confidence 95 %).',
    );
    expect(await sweepHtml(sweep)).not.toContain('<h2>Found</h2>');
  });

  it('names points that failed, with the command that runs each alone', async () => {
    expect(await sweepHtml(sweep)).toContain('point 11: <span class="bad">too long</span>');
  });
});
