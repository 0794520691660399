"""The console that call-centre staff keep open all day: server-rendered pages, and small plain scripts."""
