"""KakaoTalk: skill requests v2.0 answered over HTTP."""
