using System.Net.WebSockets;
using Bridge.Application.Abstractions;
using Bridge.Infrastructure.Realtime.OpenAI;

namespace Bridge.Infrastructure.Tests;

/// <summary>How a session ends: a verdict on us is told as an error, any other end is just the end.</summary>
public sealed class OpenAISessionEndTests
{
    private readonly OpenAITestSession _session = new();

    [TearDown]
    public async Task TearDown() => await _session.DisposeAsync();

    [TestCase(1000, true)]
    [TestCase(1001, false)]
    [TestCase(1002, true)]
    [TestCase(1003, true)]
    [TestCase(1005, false)]
    [TestCase(1006, false)]
    [TestCase(1007, true)]
    [TestCase(1008, true)]
    [TestCase(1009, true)]
    [TestCase(1010, true)]
    [TestCase(1011, false)]
    [TestCase(1012, false)]
    [TestCase(1013, false)]
    [TestCase(1014, true)]
    [TestCase(4001, true)]
    public void After_some_statuses_another_session_would_be_closed_too(int status, bool forGood) => Assert.That(OpenAICloseCodes.IsForGood(status), Is.EqualTo(forGood));

    [TestCase(1000)]
    [TestCase(1002)]
    [TestCase(1003)]
    [TestCase(1007)]
    [TestCase(1008)]
    [TestCase(1009)]
    [TestCase(1010)]
    [TestCase(4001)]
    public async Task A_close_for_good_is_told_once_and_then_it_is_over(int status)
    {
        await CloseAsync(status);

        var error = (await _session.ReadToEndAsync()).Single().Error!;
        Assert.That((error.Kind, error.Code), Is.EqualTo((RealtimeErrorKind.Closed, $"closed_{status}")));
    }

    [TestCase(1001)]
    [TestCase(1011)]
    public async Task A_close_that_is_no_verdict_is_just_the_end(int status)
    {
        await CloseAsync(status);

        Assert.That(await _session.ReadToEndAsync(), Is.Empty);
    }

    [TestCase(1012)]
    [TestCase(1013)]
    public async Task A_close_that_is_no_verdict_is_none_though_the_framework_does_not_know_its_status(int status)
    {
        await CloseAsync(status);

        Assert.That((await _session.ReadToEndAsync()).Select(e => e.Error!.Kind), Has.All.EqualTo(RealtimeErrorKind.SessionOver), "the call goes on in another session");
    }

    [Test]
    public async Task A_close_without_a_status_is_just_the_end()
    {
        await _session.Sockets.FarSendsRawAsync([0x88, 0x00]);

        Assert.That(await _session.ReadToEndAsync(), Is.Empty);
    }

    [Test]
    public async Task A_connection_that_is_lost_is_just_the_end()
    {
        _session.Sockets.Break();

        Assert.That(await _session.ReadToEndAsync(), Is.Empty);
    }

    [Test]
    public async Task A_close_that_answers_ours_is_no_verdict()
    {
        var reading = _session.ReadToEndAsync();
        var disposing = _session.Session.DisposeAsync().AsTask();
        Assert.That(await _session.Sockets.FarReceivesAsync(), Is.Null);
        await _session.Sockets.FarClosesAsync(WebSocketCloseStatus.PolicyViolation);

        Assert.That(await reading, Is.Empty);
        await disposing.WaitAsync(SocketPair.Patience);
    }

    /// <summary>A close frame as a server would send it, though nothing here would write all of them.</summary>
    private Task CloseAsync(int status) => _session.Sockets.FarSendsRawAsync([0x88, 0x05, (byte)(status >> 8), (byte)status, .. "bye"u8]);
}
