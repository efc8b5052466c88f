"""Where articles come from: each module here yields articles and stores nothing."""
