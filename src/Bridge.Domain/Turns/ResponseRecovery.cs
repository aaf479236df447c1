namespace Bridge.Domain.Turns;

/// <summary>What to do after the end of a response.</summary>
public enum ResponseVerdict
{
    /// <summary>It was an answer.</summary>
    Accept,

    /// <summary>Ask again.</summary>
    AskAgain,

    /// <summary>Ask again when the limit allows it.</summary>
    AskLater,

    /// <summary>Ask for another answer: this one may not be given.</summary>
    AskForAnother,

    /// <summary>Admit that there is no answer.</summary>
    Apologise,

    /// <summary>The model cannot be relied on any more.</summary>
    GiveUp,
}

/// <summary>How often a failed answer is asked for again: a rate limit twice, anything else once, in one turn of the assistant's.</summary>
public sealed class ResponseRecovery
{
    private int _throttled;
    private int _failed;

    /// <summary>Another turn begins.</summary>
    public void Reset() => (_throttled, _failed) = (0, 0);

    /// <summary>A response ended.</summary>
    /// <param name="ending">How.</param>
    /// <param name="spoke">Some of its audio was sent to the caller.</param>
    public ResponseVerdict Judge(ResponseEnding ending, bool spoke) => ending switch
    {
        ResponseEnding.RateLimited => ++_throttled <= 2 ? ResponseVerdict.AskLater : ResponseVerdict.GiveUp,
        ResponseEnding.Failed => ++_failed <= 1 ? ResponseVerdict.AskAgain : ResponseVerdict.GiveUp,
        ResponseEnding.Filtered => ++_failed <= 1 ? ResponseVerdict.AskForAnother : ResponseVerdict.Apologise,
        ResponseEnding.Completed or ResponseEnding.Incomplete when !spoke => ++_failed <= 1 ? ResponseVerdict.AskAgain : ResponseVerdict.Apologise,
        _ => ResponseVerdict.Accept,
    };
}
