# Posts measurements to a server with Senio's API, one after the other, as the scripts of the Senio client do, and
# prints how many seconds that took. Arguments: URL, key, first timestamp, count.
import sys
import time

import requests

url, key, first, count = sys.argv[1], sys.argv[2], int(sys.argv[3]), int(sys.argv[4])
begun = time.monotonic()
for index in range(count):
    response = requests.post(
        url,
        headers={"Authorization": "Bearer {}".format(key)},
        json={"timestamp": first + index, "data": {"temp": 21.5, "humidity": 48.2}},
    )
    response.raise_for_status()
print(time.monotonic() - begun)
