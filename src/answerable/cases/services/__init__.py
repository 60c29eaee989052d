"""What pages, the worker and the API call. One public function is one durable transaction and at least one act."""
