// Lets Node run the TypeScript sources: for the program, and for each of its threads.
import { register } from 'tsx/esm/api';

register();
