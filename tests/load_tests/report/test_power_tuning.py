"""The link that lambda-power-tuning.show reads."""

from load_tests.report.power_tuning import link

# A published run of AWS Lambda Power Tuning: power 128, duration 252.87833333333333, cost 5.313e-7, and five more.
PUBLISHED = (
    "https://lambda-power-tuning.show/"
    "#gAAAAQACAAQACMAL;2uB8Q4WrCEOnTddCsWSZQnG9okLe3adC;qJ4ONTB1GjVPhnM1wp+tNfrlODa3GIs2"
)


def test_link_of_a_published_run() -> None:
    """Sizes, mean times and costs of its six sizes give the link that it published, to the letter."""
    rows = [
        (3008, 83.93333333333334, 4.1454e-6),
        (128, 252.87833333333333, 5.313e-7),
        (256, 136.67, 5.754e-7),
        (512, 107.65166666666667, 9.072e-7),
        (1024, 76.69666666666667, 1.2936e-6),
        (2048, 81.37, 2.7552e-6),
    ]
    assert link(rows) == PUBLISHED
