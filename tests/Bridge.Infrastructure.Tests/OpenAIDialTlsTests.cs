using System.Net.WebSockets;
using Bridge.Application.Abstractions;

namespace Bridge.Infrastructure.Tests;

/// <summary>Dials that do not get as far as a question, and dials that are given up: nothing is sent in the clear, nothing stays open.</summary>
public sealed class OpenAIDialTlsTests
{
    [Test]
    public async Task A_certificate_nobody_vouches_for_is_refused_and_gets_no_key()
    {
        using var server = LoopbackServer.ThatVouchesForItself();
        using var dialer = Dialer.Tls(server.Port);

        var e = await dialer.FailAsync();
        Assert.That((e.Failure, e.ErrorType), Is.EqualTo((RealtimeSessionFailure.Refused, "SecureConnectionError")));
        Assert.That(e.Message, Does.Contain("TLS"));
    }

    [Test]
    public async Task A_port_that_does_not_speak_TLS_is_refused()
    {
        using var answers = new LoopbackServer(async (_, stream) =>
        {
            await stream.ReadAtLeastAsync(new byte[1024], 1);
            await stream.WriteAsync("HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n"u8.ToArray());
        });
        using var dialer = Dialer.Tls(answers.Port);

        var e = await dialer.FailAsync();
        Assert.That((e.Failure, e.ErrorType), Is.EqualTo((RealtimeSessionFailure.Refused, "SecureConnectionError")));
    }

    [Test]
    public async Task A_reset_while_TLS_is_being_agreed_is_a_failure_of_the_network_and_no_verdict()
    {
        using var server = LoopbackServer.ThatResets();
        using var dialer = Dialer.Tls(server.Port);

        Assert.That((await dialer.FailAsync()).Failure, Is.EqualTo(RealtimeSessionFailure.Unreachable));
    }

    [Test]
    public async Task A_connection_that_ends_while_TLS_is_being_agreed_is_a_failure_of_the_network_and_no_verdict()
    {
        using var server = new LoopbackServer(async (_, stream) => await stream.ReadAtLeastAsync(new byte[4096], 1));
        using var dialer = Dialer.Tls(server.Port);

        Assert.That((await dialer.FailAsync()).Failure, Is.EqualTo(RealtimeSessionFailure.Unreachable));
    }

    [TestCase("ws://127.0.0.1")]
    [TestCase("wss://localhost")]
    public async Task A_dial_that_hangs_and_is_given_up_leaves_no_connection(string server)
    {
        using var hanging = LoopbackServer.ThatHangs();
        using var dialer = new Dialer($"{server}:{hanging.Port}/v1/realtime");
        using var cancel = new CancellationTokenSource();
        var dialling = dialer.DialAsync(cancel.Token);
        await hanging.Asked;
        await cancel.CancelAsync();

        await Assert.ThatAsync(() => dialling, Throws.InstanceOf<OperationCanceledException>());
        await Assert.ThatAsync(() => hanging.Left.WaitAsync(TimeSpan.FromSeconds(2)), Throws.Nothing, "the connection is still open");
    }

    [Test]
    public async Task A_session_that_is_given_up_before_it_is_ready_leaves_no_connection()
    {
        var opened = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        using var server = LoopbackServer.ThatOpens(async socket =>
        {
            opened.SetResult();
            await socket.ReceiveAsync(new byte[1024], CancellationToken.None);
        });
        using var dialer = Dialer.Plain(server.Port);
        using var cancel = new CancellationTokenSource();
        var dialling = dialer.DialAsync(cancel.Token);
        await opened.Task.WaitAsync(SocketPair.Patience);
        await cancel.CancelAsync();

        await Assert.ThatAsync(() => dialling, Throws.InstanceOf<OperationCanceledException>());
        await Assert.ThatAsync(() => server.Left.WaitAsync(SocketPair.Patience), Throws.Nothing);
    }

    [TestCase("""{"type":"error","error":{"code":"unknown_parameter"}}""")]
    [TestCase("""{"type":"session.updated","session":{"audio":{"input":{"format":{"type":"audio/pcm"}}}}}""")]
    public async Task A_session_that_comes_to_nothing_leaves_no_connection(string answer)
    {
        using var server = LoopbackServer.ThatOpens(async socket =>
        {
            await socket.SendAsync(Wire.Bytes(answer), WebSocketMessageType.Text, true, CancellationToken.None);
            await socket.ReceiveAsync(new byte[1024], CancellationToken.None);
        });
        using var dialer = Dialer.Plain(server.Port);

        Assert.That((await dialer.FailAsync()).Failure, Is.EqualTo(RealtimeSessionFailure.Refused));
        await Assert.ThatAsync(() => server.Left.WaitAsync(SocketPair.Patience), Throws.Nothing);
    }

    [Test]
    public async Task A_session_that_was_opened_is_closed_whole()
    {
        using var server = LoopbackServer.ThatOpens(async socket =>
        {
            await socket.SendAsync(Wire.Bytes("""{"type":"session.created","session":{"id":"sess_1"}}"""), WebSocketMessageType.Text, true, CancellationToken.None);
            await socket.ReceiveAsync(new byte[4096], CancellationToken.None);
            await socket.SendAsync(Wire.Bytes(OpenAITestSession.Updated), WebSocketMessageType.Text, true, CancellationToken.None);
            while ((await socket.ReceiveAsync(new byte[4096], CancellationToken.None)).MessageType != WebSocketMessageType.Close)
            {
                // What is still said is for nobody.
            }

            await socket.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, "", CancellationToken.None);
        });
        using var dialer = Dialer.Plain(server.Port);
        var session = await dialer.DialAsync();
        Assert.That((session.Id, session.Lifetime), Is.EqualTo(("sess_1", default(TimeSpan?))));
        await session.DisposeAsync().AsTask().WaitAsync(SocketPair.Patience);

        await Assert.ThatAsync(() => server.Left.WaitAsync(SocketPair.Patience), Throws.Nothing);
    }
}
