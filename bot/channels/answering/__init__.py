"""What messengers share that want each answer in the response to their request: all but how they write and read."""
