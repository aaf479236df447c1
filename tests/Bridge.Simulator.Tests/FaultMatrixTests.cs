using Bridge.Simulator.Commands;
using Bridge.Simulator.Matrix;

namespace Bridge.Simulator.Tests;

internal sealed class FaultMatrixTests
{
    private static readonly string[] Wanted =
    [
        .. Enumerable.Range(1, 30).Where(number => number != 16).Select(number => $"A{number}"),
        .. Enumerable.Range(1, 8).Select(number => $"B{number}"), "B12", "B13", "D1", "D2", "D3", "D5",
    ];

    [Test]
    public void Every_row_of_the_matrix_is_there_once_in_its_order() =>
        Assert.That(FaultMatrix.Rows.Select(row => row.Id), Is.EqualTo(Wanted));

    [Test]
    public void Every_row_is_provoked_in_ways_that_are_told_apart()
    {
        foreach (var row in FaultMatrix.Rows)
            Assert.That(row.Variants.Select(variant => variant.Name), Is.Unique.And.Not.Empty, row.Id);
    }

    [Test]
    public void Profiles_of_one_name_are_one_profile()
    {
        var profiles = FaultMatrix.Rows.SelectMany(row => row.Variants).Select(variant => variant.Profile).Distinct();
        Assert.That(profiles.Select(profile => profile.Name), Is.Unique);
    }

    [Test]
    public void What_needs_hooks_or_clocks_is_not_claimed() =>
        Assert.That(FaultMatrix.Elsewhere.Select(row => row.Id), Is.EqualTo(new[] { "D6", "D10" }));

    [Test]
    public void A_row_that_is_not_there_is_a_wrong_usage() =>
        Assert.That(
            () => FaultsCommand.RunAsync(["--row", "A14,A16"], CancellationToken.None),
            Throws.TypeOf<UsageException>().With.Message.Contains("'A16'").And.Message.Contains("A14"));

    [TestCase("REPLICAS")]
    [TestCase("max_call_duration")]
    [TestCase("IDLE_ASK_AFTER")]
    [TestCase("IDLE_END_AFTER")]
    [TestCase("DRAIN_TIMEOUT")]
    [TestCase("FALLBACK_PHONE_NUMBER")]
    [TestCase("FILLER_CLIP")]
    [TestCase("SAY_AGAIN_CLIP")]
    [TestCase("Recordings__Filler")]
    public void What_would_change_a_bridge_of_the_matrix_is_kept_from_it(string name) => Assert.That(BridgeVariables.Contains(name), Is.True);
}
