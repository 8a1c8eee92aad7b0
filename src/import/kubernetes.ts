/** stub for now */
import type { Importer } from './importer.ts';
export const kubernetes: Importer = {
  title: 'manifests of Kubernetes',
  detects: () => false,
  convert() {
    throw new Error('x');
  },
};
