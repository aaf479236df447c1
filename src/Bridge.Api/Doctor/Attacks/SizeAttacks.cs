using System.Diagnostics;
using System.Text;
using Bridge.Application.IncomingCalls;
using Bridge.Infrastructure.Twilio;

namespace Bridge.Api.Doctor.Attacks;

/// <summary>Requests that are too much, or take too long.</summary>
internal static class SizeAttacks
{
    private const int HugeBody = 512 * 1024;
    private const int HugeHeader = 28 * 1024;

    public static IReadOnlyList<Attack> All { get; } =
    [
        new("huge body", "413", Needs.Nothing, (target, cancel) => HugeBodyAsync(target, isChunked: false, cancel)),
        new("huge body in chunks", "413", Needs.Nothing, (target, cancel) => HugeBodyAsync(target, isChunked: true, cancel)),
        new("huge headers", "431 or 400", Needs.Nothing, HugeHeadersAsync),
        new("slow headers", "closed", Needs.Nothing, SlowHeadersAsync) { IsSlow = true },
    ];

    /// <summary>With a signature: nobody reads the body of a request that has none.</summary>
    private static async Task<Outcome> HugeBodyAsync(AttackTarget target, bool isChunked, CancellationToken cancellationToken)
    {
        var fields = target.Fields();
        fields["Padding"] = new string('x', HugeBody);
        var request = new RawRequest("POST", target.Path(TwilioPaths.IncomingCall))
        {
            Headers = [SpoofAttacks.IsForm, (TwilioRequestSignature.Header, target.SignOrMakeUp(target.Webhook, fields))],
            Body = RawRequest.Form(fields),
            IsChunked = isChunked,
        };
        var answer = await target.AskAsync(request, cancellationToken);
        // Who closes on a client that goes on sending may lose the answer on the way.
        return answer is null ? new(Verdict.Shut, "closed unanswered") : Outcome.Of(answer, 413);
    }

    private static async Task<Outcome> HugeHeadersAsync(AttackTarget target, CancellationToken cancellationToken)
    {
        var request = new RawRequest("GET", target.Path("/health/live")) { Headers = [("X-Padding", new string('x', HugeHeader))] };
        var answer = await target.AskAsync(request, cancellationToken);
        return answer is null ? new(Verdict.Shut, "closed unanswered") : Outcome.Of(answer, 431, 400);
    }

    /// <summary>A header that never ends, a byte at a time: who waits for it holds a connection for a client that costs nothing.</summary>
    private static async Task<Outcome> SlowHeadersAsync(AttackTarget target, CancellationToken cancellationToken)
    {
        var started = Stopwatch.GetTimestamp();
        await using var connection = await RawConnection.OpenAsync(target.Address, cancellationToken);
        await connection.SendAsync(Encoding.ASCII.GetBytes($"POST {target.Path(TwilioPaths.IncomingCall)} HTTP/1.1\r\nHost: {target.Address.Authority}\r\nX-Slow: "), cancellationToken);
        using var inTime = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        inTime.CancelAfter(target.Bounds.SlowHeaders);
        var closed = connection.ReadAnswerAsync(inTime.Token);
        try
        {
            while (!closed.IsCompleted && await connection.SendAsync("x"u8.ToArray(), inTime.Token))
                await Task.WhenAny(closed, Task.Delay(target.Bounds.SlowPace, inTime.Token));
            var answer = await closed;
            return new(Verdict.Shut, $"{(answer is null ? "closed" : answer.Status)} after {Stopwatch.GetElapsedTime(started).TotalSeconds:0} s");
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return new(Verdict.Open, $"open after {target.Bounds.SlowHeaders.TotalSeconds:0.#} s");
        }
    }
}
