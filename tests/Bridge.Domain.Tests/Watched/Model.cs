using Bridge.Domain.Tests.Line;
using Bridge.Domain.Turns;

namespace Bridge.Domain.Tests.Watched;

/// <summary>The model at the other end: what it was asked for, and what it is at. It answers one request at a time, and keeps to the protocol.</summary>
internal sealed class Model
{
    private readonly Queue<string> _late = [];
    private TimeSpan _askedAt;
    private int _responses;
    private bool _raced;

    /// <summary>The request it has got and has not answered.</summary>
    public int? Asked { get; private set; }

    /// <summary>It may begin a response by itself: a request that one of its own overtook is refused, or answered, before the next.</summary>
    public bool MayBeginByItself => Active is null && (Asked is null || (!_raced && Late is null));

    /// <summary>The response it is making.</summary>
    public string? Active { get; private set; }

    /// <summary>It was told to stop that.</summary>
    public bool Cancelled { get; private set; }

    /// <summary>It may not be heard any more.</summary>
    public bool Cut { get; private set; }

    /// <summary>Audio of it was sent on.</summary>
    public bool Spoke { get; set; }

    /// <summary>A response we gave up, whose end has not come.</summary>
    public string? Late => _late.TryPeek(out var id) ? id : null;

    public void Gets(ResponseRequest? request, TimeSpan now, TimeSpan? giveUpAfter = null)
    {
        if (request is null)
            return;
        Require.That(Asked is null || (giveUpAfter is { } patience && now - _askedAt >= patience), $"request {request.Number} was sent at {now} while {Asked} is under way since {_askedAt}");
        (Asked, _askedAt, _raced) = (request.Number, now, false);
    }

    public (string Id, int? Request) Begins(bool byItself)
    {
        _raced = byItself;
        var request = byItself ? null : Asked;
        if (!byItself)
            Asked = null;
        (Active, Cancelled, Cut, Spoke) = ($"resp_{++_responses}", false, false, false);
        return (Active, request);
    }

    public void IsCancelled() => Cancelled = Cut = true;

    public void IsCut() => Cut = true;

    public void IsGivenUp(string id)
    {
        Require.That(id == Active, $"{id} was cancelled, {Active} is active");
        _late.Enqueue(id);
        Active = null;
    }

    public string Ends()
    {
        var id = Active!;
        Active = null;
        return id;
    }

    public string EndsLate() => _late.Dequeue();

    public void DropsRequest() => Asked = null;

    public void IsLost()
    {
        _late.Clear();
        (Asked, Active) = (null, null);
    }
}
