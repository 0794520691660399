// The console's scripts. Pages work without them where they can: links are links, and forms are forms.

import '../look.js';
import * as alerts from './alerts.js';
import * as asking from './asking.js';
import * as call from './call.js';
import * as copy from './copy.js';
import { on, searchPage } from './keys.js';
import * as leave from './leave.js';
import * as live from './live.js';
import * as rows from './rows.js';
import * as search from './search.js';
import * as tickets from './tickets.js';

const help = document.getElementById('help');
on('Slash', '', searchPage);
on('Question', 'help', () => help.showModal());

call.start();
asking.start();
search.start();
copy.start();
leave.start();
tickets.start();
alerts.start();
rows.start();
live.start();
