//! As much of HTTP/1.1 as one page needs: one request to a connection, its size and time bounded, and its answer.
//!
//! It knows neither secrets nor networks. Whatever bytes come, it answers or closes; RFC 9112 where it answers.

use std::io::{ErrorKind, Read as _, Write as _};
use std::net::{Shutdown, TcpStream};
use std::time::{Duration, Instant};

/// Bytes that the head of a request may have.
const HEAD: usize = 16 * 1024;

/// Lines that it may have.
const LINES: usize = 64;

/// Bytes that its body may have.
const BODY: usize = 256 * 1024;

/// In which it has to be here, however slowly it comes; and the answer there.
const TIME: Duration = Duration::from_secs(5);

/// How often somebody who sends nothing is asked to wait no longer.
const LOOK: Duration = Duration::from_millis(100);

/// What is wanted of a path.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Method {
    Get,
    Post,
}

/// One request, whole.
#[derive(Debug)]
pub(super) struct Request {
    pub(super) method: Method,
    /// Up to the question mark.
    pub(super) path: String,
    query: String,
    pub(super) host: String,
    pub(super) origin: Option<String>,
    content_type: Option<String>,
    pub(super) body: Vec<u8>,
}

impl Request {
    /// The value of a parameter of the query, decoded.
    pub(super) fn parameter(&self, name: &str) -> Result<Option<String>, Status> {
        let found = self.query.split('&').find_map(|pair| pair.split_once('=').filter(|(key, _)| *key == name));
        found.map(|(_, value)| decoded(value).ok_or(Status::Garbled)).transpose()
    }

    /// Tells whether the body is said to be JSON, which no form of a foreign page can say.
    pub(super) fn is_json(&self) -> bool {
        let kind = self.content_type.as_deref().and_then(|kind| kind.split(';').next());
        kind.is_some_and(|kind| kind.trim().eq_ignore_ascii_case("application/json"))
    }
}

/// How it went.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Status {
    Done,
    Garbled,
    OtherHost,
    Nothing,
    OtherMethod,
    TooSlow,
    NoLength,
    TooLong,
    NotJson,
    Wrong,
    TooOften,
    HeadTooLong,
    Failed,
    Busy,
}

impl Status {
    const fn line(self) -> &'static str {
        match self {
            Self::Done => "200 OK",
            Self::Garbled => "400 Bad Request",
            Self::OtherHost => "403 Forbidden",
            Self::Nothing => "404 Not Found",
            Self::OtherMethod => "405 Method Not Allowed",
            Self::TooSlow => "408 Request Timeout",
            Self::NoLength => "411 Length Required",
            Self::TooLong => "413 Content Too Large",
            Self::NotJson => "415 Unsupported Media Type",
            Self::Wrong => "422 Unprocessable Content",
            Self::TooOften => "429 Too Many Requests",
            Self::HeadTooLong => "431 Request Header Fields Too Large",
            Self::Failed => "500 Internal Server Error",
            Self::Busy => "503 Service Unavailable",
        }
    }
}

/// What an answer holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Content {
    Page,
    Json,
    Text,
    Scenario,
}

impl Content {
    const fn lines(self) -> &'static str {
        match self {
            // The page itself says what may run in it.
            Self::Page => "Content-Type: text/html; charset=utf-8\r\nContent-Security-Policy: frame-ancestors 'none'",
            Self::Json => "Content-Type: application/json",
            Self::Text => {
                "Content-Type: text/plain; charset=utf-8\r\nContent-Security-Policy: default-src 'none'; frame-ancestors 'none'"
            }
            Self::Scenario => {
                "Content-Type: application/toml; charset=utf-8\r\nContent-Disposition: attachment; filename=\"changed.toml\""
            }
        }
    }
}

/// One answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Response {
    pub(super) status: Status,
    pub(super) content: Content,
    pub(super) body: String,
}

/// Reads the one request of a connection.
///
/// # Errors
/// How to refuse it; `None` where nobody is left to hear that.
pub(super) fn read(stream: &TcpStream, is_over: &dyn Fn() -> bool) -> Result<Request, Option<Status>> {
    let mut source = Source { stream, until: Instant::now() + TIME, is_over, bytes: Vec::new() };
    let (mut request, head, length) = loop {
        if let Some(found) = head(&source.bytes)? {
            break found;
        }
        if source.bytes.len() > HEAD {
            return Err(Some(Status::HeadTooLong));
        }
        source.more()?;
    };
    if length > BODY {
        return Err(Some(Status::TooLong));
    }
    while source.bytes.len() < head + length {
        source.more()?;
    }
    request.body = source.bytes[head..head + length].to_vec();
    Ok(request)
}

/// Bytes that came, and more until a time.
struct Source<'a> {
    stream: &'a TcpStream,
    until: Instant,
    is_over: &'a dyn Fn() -> bool,
    bytes: Vec<u8>,
}

impl Source<'_> {
    /// Waits for more.
    fn more(&mut self) -> Result<(), Option<Status>> {
        let mut block = [0; 8192];
        loop {
            let left = self.until.saturating_duration_since(Instant::now());
            if left.is_zero() {
                return Err(Some(Status::TooSlow));
            }
            if (self.is_over)() {
                return Err(None);
            }
            self.stream.set_read_timeout(Some(left.min(LOOK))).map_err(|_| None)?;
            match self.stream.read(&mut block) {
                Ok(0) => return Err(None),
                Ok(count) => {
                    self.bytes.extend_from_slice(&block[..count]);
                    return Ok(());
                }
                Err(error) if matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::TimedOut | ErrorKind::Interrupted) => {}
                Err(_) => return Err(None),
            }
        }
    }
}

/// The request without its body, the length of its head and that of its body; `None` while the head is not whole.
fn head(bytes: &[u8]) -> Result<Option<(Request, usize, usize)>, Status> {
    let mut lines = [httparse::EMPTY_HEADER; LINES];
    let mut parsed = httparse::Request::new(&mut lines);
    let length = match parsed.parse(&bytes[..bytes.len().min(HEAD)]) {
        Ok(httparse::Status::Complete(length)) => length,
        Ok(httparse::Status::Partial) => return Ok(None),
        Err(httparse::Error::TooManyHeaders) => return Err(Status::HeadTooLong),
        Err(_) => return Err(Status::Garbled),
    };
    let method = match parsed.method {
        Some("GET") => Method::Get,
        Some("POST") => Method::Post,
        _ => return Err(Status::OtherMethod),
    };
    // The value of a line that may be there once.
    let once = |name: &str| -> Result<Option<String>, Status> {
        let mut found = parsed.headers.iter().filter(|line| line.name.eq_ignore_ascii_case(name));
        match (found.next(), found.next()) {
            (None, _) => Ok(None),
            (Some(line), None) => {
                str::from_utf8(line.value).map(|value| Some(value.trim().to_owned())).map_err(|_| Status::Garbled)
            }
            (Some(_), Some(_)) => Err(Status::Garbled),
        }
    };
    if once("transfer-encoding")?.is_some() {
        return Err(Status::NoLength);
    }
    let body = match once("content-length")? {
        None if method == Method::Post => return Err(Status::NoLength),
        None => 0,
        Some(digits) if digits.is_empty() || !digits.bytes().all(|digit| digit.is_ascii_digit()) => return Err(Status::Garbled),
        Some(digits) => digits.parse().map_err(|_| Status::TooLong)?,
    };
    let (path, query) = parsed.path.map(|path| path.split_once('?').unwrap_or((path, ""))).ok_or(Status::Garbled)?;
    let request = Request {
        method,
        path: path.to_owned(),
        query: query.to_owned(),
        host: once("host")?.ok_or(Status::Garbled)?,
        origin: once("origin")?,
        content_type: once("content-type")?,
        body: Vec::new(),
    };
    Ok(Some((request, length, body)))
}

/// Writes an answer, or why there is none.
pub(super) fn write(stream: &TcpStream, response: &Result<Response, Status>) {
    match response {
        Ok(response) => send(stream, response),
        Err(status) => refuse(stream, *status),
    }
}

/// Says why there is no answer, and lets come what is still coming, so that it is heard.
pub(super) fn refuse(stream: &TcpStream, status: Status) {
    send(stream, &Response { status, content: Content::Text, body: format!("{}\n", status.line()) });
    let _ = stream.shutdown(Shutdown::Write);
    let _ = stream.set_read_timeout(Some(LOOK));
    let mut stream = stream;
    let mut block = [0; 8192];
    // As much again as a request may have.
    for _ in 0..(HEAD + BODY) / block.len() {
        if !matches!(stream.read(&mut block), Ok(1..)) {
            return;
        }
    }
}

fn send(mut stream: &TcpStream, Response { status, content, body }: &Response) {
    let allow = if *status == Status::OtherMethod { "Allow: GET, POST\r\n" } else { "" };
    let head = format!(
        "HTTP/1.1 {}\r\n{}\r\nContent-Length: {}\r\n{allow}Connection: close\r\nCache-Control: no-store\r\n\
         X-Content-Type-Options: nosniff\r\nX-Frame-Options: DENY\r\nReferrer-Policy: no-referrer\r\n\
         Cross-Origin-Resource-Policy: same-origin\r\nCross-Origin-Opener-Policy: same-origin\r\n\r\n",
        status.line(),
        content.lines(),
        body.len()
    );
    // Whoever asked may have gone.
    let _ = stream.set_write_timeout(Some(TIME));
    let _ = stream.write_all(&[head.as_bytes(), body.as_bytes()].concat()).and_then(|()| stream.flush());
}

/// Text with its `%XX` made bytes; `None` if that is no text.
fn decoded(text: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let [first, after @ ..] = rest {
        rest = after;
        if *first != b'%' {
            bytes.push(*first);
            continue;
        }
        let (digits, after) = after.split_at_checked(2)?;
        let digit = |digit: u8| char::from(digit).to_digit(16);
        bytes.push(u8::try_from(digit(digits[0])? * 16 + digit(digits[1])?).ok()?);
        rest = after;
    }
    String::from_utf8(bytes).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn percents_are_decoded_or_refused() {
        assert_eq!(decoded("a%5B%22%C3%A9%22%5d+").as_deref(), Some("a[\"é\"]+"));
        for garbled in ["%", "%4", "%zz", "%+1", "%ff"] {
            assert_eq!(decoded(garbled), None, "{garbled}");
        }
    }

    #[test]
    fn a_head_is_whole_or_waited_for_or_refused() {
        let whole = "POST /x/answer?a=1&b=%32 HTTP/1.1\r\nHost: h\r\nContent-Type: application/json; charset=utf-8\r\nContent-Length: 2\r\n\r\n{}";
        let (request, length, body) = head(whole.as_bytes()).ok().flatten().unwrap_or_else(|| panic!("it is whole"));
        assert_eq!((request.path.as_str(), request.host.as_str(), body), ("/x/answer", "h", 2));
        assert_eq!((&whole[length..], request.is_json()), ("{}", true));
        assert_eq!(request.parameter("b"), Ok(Some("2".to_owned())));
        for end in 1..length {
            assert!(matches!(head(&whole.as_bytes()[..end]), Ok(None)), "{end}");
        }
        for (text, status) in [
            ("GET / HTTP/1.1\r\n\r\n", Status::Garbled),
            ("GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n", Status::Garbled),
            ("POST / HTTP/1.1\r\nHost: a\r\n\r\n", Status::NoLength),
            ("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n", Status::NoLength),
            ("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: +2\r\n\r\n", Status::Garbled),
            ("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 99999999999999999999999\r\n\r\n", Status::TooLong),
            ("PUT / HTTP/1.1\r\nHost: a\r\n\r\n", Status::OtherMethod),
            ("\u{1}\u{2}\r\n\r\n", Status::Garbled),
        ] {
            assert_eq!(head(text.as_bytes()).err(), Some(status), "{text}");
        }
    }
}
