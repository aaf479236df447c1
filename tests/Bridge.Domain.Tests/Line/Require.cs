namespace Bridge.Domain.Tests.Line;

/// <summary>Fails a history: an exception is what a property test makes shorter.</summary>
internal static class Require
{
    public static void That(bool holds, string what)
    {
        if (!holds)
            throw new InvalidOperationException(what);
    }
}
