using System.Globalization;
using System.Net.WebSockets;
using System.Text;
using Bridge.Application.Abstractions;

namespace Bridge.Infrastructure.Tests;

/// <summary>Dials that come to nothing, over real sockets: what may be done about each, and what metrics call it.</summary>
public sealed class OpenAIDialTests
{
    [TestCase(302, RealtimeSessionFailure.Refused)]
    [TestCase(308, RealtimeSessionFailure.Refused)]
    [TestCase(400, RealtimeSessionFailure.Refused)]
    [TestCase(401, RealtimeSessionFailure.Refused)]
    [TestCase(403, RealtimeSessionFailure.Refused)]
    [TestCase(404, RealtimeSessionFailure.Refused)]
    [TestCase(408, RealtimeSessionFailure.Unreachable)]
    [TestCase(429, RealtimeSessionFailure.Busy)]
    [TestCase(500, RealtimeSessionFailure.Unreachable)]
    [TestCase(502, RealtimeSessionFailure.Unreachable)]
    [TestCase(503, RealtimeSessionFailure.Unreachable)]
    [TestCase(504, RealtimeSessionFailure.Unreachable)]
    public async Task A_status_says_whether_another_try_may_do(int status, RealtimeSessionFailure failure)
    {
        using var server = LoopbackServer.ThatSays($"HTTP/1.1 {status} No\r\nLocation: /elsewhere\r\nContent-Length: 0\r\n\r\n");
        using var dialer = Dialer.Plain(server.Port);

        var e = await dialer.FailAsync();
        Assert.That((e.Failure, e.ErrorType, e.RetryAfter), Is.EqualTo((failure, status.ToString(CultureInfo.InvariantCulture), default(TimeSpan?))), e.Message);
        Assert.That(server.Connections, Is.EqualTo(1), "one dial, and no redirect is followed");
    }

    [TestCase(401, "OPENAI_API_KEY")]
    [TestCase(403, "model m")]
    [TestCase(404, "model m")]
    [TestCase(404, "OPENAI_REALTIME_URL")]
    [TestCase(503, "127.0.0.1")]
    public async Task The_message_names_what_to_look_at(int status, string what)
    {
        using var server = LoopbackServer.ThatSays($"HTTP/1.1 {status} No\r\nContent-Length: 0\r\n\r\n");
        using var dialer = Dialer.Plain(server.Port);

        Assert.That((await dialer.FailAsync()).Message, Does.Contain(what));
    }

    [TestCase("Retry-After: 1", 1)]
    [TestCase("Retry-After: 60", 60)]
    [TestCase("retry-after: 0", 0)]
    [TestCase("Retry-After: Sun, 22 Nov 2026 12:00:07 GMT", 7)]
    [TestCase("Retry-After: Sun, 22 Nov 2026 11:00:00 GMT", 0)]
    [TestCase("Retry-After: soon", null)]
    [TestCase("Retry-After: -1", null)]
    [TestCase("Retry-After: ", null)]
    [TestCase("X-Other: 1", null)]
    public async Task A_server_that_is_busy_says_when_to_come_again_in_seconds_or_by_a_date(string header, int? seconds)
    {
        using var server = LoopbackServer.ThatSays($"HTTP/1.1 429 Later\r\n{header}\r\nContent-Length: 0\r\n\r\n");
        using var dialer = Dialer.Plain(server.Port);

        var e = await dialer.FailAsync();
        Assert.That((e.Failure, e.RetryAfter?.TotalSeconds), Is.EqualTo((RealtimeSessionFailure.Busy, (double?)seconds)));
    }

    [Test]
    public async Task Nobody_at_the_port_is_a_failure_of_the_network()
    {
        using var dialer = Dialer.Plain(LoopbackServer.ClosedPort());

        var e = await dialer.FailAsync();
        Assert.That((e.Failure, e.ErrorType), Is.EqualTo((RealtimeSessionFailure.Unreachable, "ConnectionError")));
    }

    [Test]
    public async Task A_reset_instead_of_an_answer_is_a_failure_of_the_network()
    {
        using var server = LoopbackServer.ThatResets();
        using var dialer = Dialer.Plain(server.Port);

        Assert.That((await dialer.FailAsync()).Failure, Is.EqualTo(RealtimeSessionFailure.Unreachable));
    }

    [TestCase("", "ResponseEnded")]
    [TestCase("SSH-2.0-OpenSSH\r\n", "InvalidResponse")]
    [TestCase("HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: no\r\n\r\n", "handshake")]
    public async Task An_answer_that_is_none_is_a_failure_of_the_network(string answer, string errorType)
    {
        using var server = LoopbackServer.ThatSays(answer);
        using var dialer = Dialer.Plain(server.Port);

        var e = await dialer.FailAsync();
        Assert.That((e.Failure, e.ErrorType), Is.EqualTo((RealtimeSessionFailure.Unreachable, errorType)));
    }

    [TestCase(WebSocketCloseStatus.InternalServerError, RealtimeSessionFailure.Unreachable, "closed_early")]
    [TestCase(WebSocketCloseStatus.EndpointUnavailable, RealtimeSessionFailure.Unreachable, "closed_early")]
    [TestCase(WebSocketCloseStatus.PolicyViolation, RealtimeSessionFailure.Refused, "session_rejected")]
    public async Task A_socket_that_is_closed_as_soon_as_it_is_open_is_no_session(WebSocketCloseStatus status, RealtimeSessionFailure failure, string errorType)
    {
        using var server = LoopbackServer.ThatOpens(socket => socket.CloseOutputAsync(status, "", CancellationToken.None));
        using var dialer = Dialer.Plain(server.Port);

        var e = await dialer.FailAsync();
        Assert.That((e.Failure, e.ErrorType), Is.EqualTo((failure, errorType)));
    }

    [Test]
    public async Task A_socket_that_is_lost_as_soon_as_it_is_open_is_no_session()
    {
        using var server = LoopbackServer.ThatOpens(_ => Task.CompletedTask);
        using var dialer = Dialer.Plain(server.Port);

        var e = await dialer.FailAsync();
        Assert.That((e.Failure, e.ErrorType), Is.EqualTo((RealtimeSessionFailure.Unreachable, "closed_early")));
    }

    [TestCase(16 * 1024, null)]
    [TestCase((16 * 1024) + 1, "message_too_large")]
    public async Task The_largest_message_is_a_setting(int bytes, string? errorType)
    {
        using var server = LoopbackServer.ThatOpens(async socket =>
        {
            await socket.SendAsync(Encoding.UTF8.GetBytes("{" + new string(' ', bytes - 2) + "}"), WebSocketMessageType.Text, true, CancellationToken.None);
            await socket.CloseOutputAsync(WebSocketCloseStatus.EndpointUnavailable, "", CancellationToken.None);
        });
        using var dialer = new Dialer($"ws://127.0.0.1:{server.Port}/v1/realtime") { MaxMessageBytes = 16 * 1024 };

        Assert.That((await dialer.FailAsync()).ErrorType, Is.EqualTo(errorType ?? "closed_early"));
    }

    [Test]
    public async Task The_key_goes_into_one_header_and_into_nothing_that_is_told()
    {
        using var server = new LoopbackServer(async (s, stream) =>
            await stream.WriteAsync(Encoding.ASCII.GetBytes($"HTTP/1.1 401 {Dialer.Key}\r\nWWW-Authenticate: {Dialer.Key}\r\nContent-Length: 0\r\n\r\n")));
        using var dialer = Dialer.Plain(server.Port);
        using var refusing = LoopbackServer.ThatOpens(async socket =>
        {
            await socket.SendAsync(Encoding.UTF8.GetBytes($$$"""{"type":"error","error":{"type":"invalid_request_error","code":"invalid_api_key","message":"Incorrect API key provided: {{{Dialer.Key}}}"}}"""), WebSocketMessageType.Text, true, CancellationToken.None);
            await socket.ReceiveAsync(new byte[1024], CancellationToken.None);
        });
        using var refused = Dialer.Plain(refusing.Port);

        Assert.That($"{await dialer.FailAsync()}{await refused.FailAsync()}", Does.Not.Contain("CANARY"));
        Assert.That(refusing.Request, Does.Contain($"Authorization: Bearer {Dialer.Key}\r\n").And.Contain("GET /v1/realtime?model=m HTTP/1.1\r\n"));
        Assert.That(refusing.Request.Split("CANARY"), Has.Length.EqualTo(2));
        Assert.That(dialer.Log.Entries.Concat(refused.Log.Entries).Select(e => e.Text), Has.None.Contains("CANARY"));
    }
}
