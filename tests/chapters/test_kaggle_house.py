"""Section 5.7: preparing tables without leaks, folds, models, ensembles."""

import numpy as np
import pandas as pd
import pytest
import torch
from definitions import definitions
from torch import nn

from d2l import torch as d2l

SECTION = 'multilayer-perceptrons/kaggle-house-price'
WANTED = {'log_price', 'rmse', 'Preprocessor', 'transform', 'KaggleHouse',
          'k_fold_data', 'validate', 'k_fold', 'fit_constant',
          'fit_neighborhood', 'fit_ridge', 'HouseNet', 'Annealed', 'fit_net',
          'average'}


@pytest.fixture(scope='module')
def section():
    """The functions and classes that the section defines, by name."""
    names = {'torch': torch, 'nn': nn, 'd2l': d2l, 'np': np, 'pd': pd,
             'num_epochs': 2}
    return definitions(SECTION, WANTED, names)


def make(n, seed=0):
    """A table of the same kind: skewed numbers, gaps, categories."""
    rng = np.random.default_rng(seed)
    houses = pd.DataFrame({
        'price': np.exp(rng.normal(12, 0.4, n)),
        'area': np.exp(rng.normal(7, 0.8, n)),          # skewed
        'year': rng.integers(1900, 2010, n),
        'front': rng.normal(70, 10, n),
        'Neighborhood': rng.choice(['north', 'south', 'west'], n),
        'pool': rng.choice(['good', 'fair'], n)}, index=range(100, 100 + n))
    houses.loc[houses.index[::5], 'front'] = np.nan
    houses.loc[houses.index[::3], 'pool'] = np.nan
    return houses


# --- preprocessing -----------------------------------------------------------

def test_inputs_of_the_training_part(section):
    houses = make(60)
    prep = section['Preprocessor']().fit(houses)
    X = prep.transform(houses).numpy()
    assert X.dtype == np.float32
    assert prep.skewed == ['area']
    assert prep.gaps == ['front']
    # area, year, front, gap of front, three neighborhoods + NA, two + NA
    assert X.shape == (60, 4 + 4 + 3)
    area = np.log1p(houses['area'])
    front = (houses['front'] - houses['front'].mean()) / houses['front'].std()
    np.testing.assert_allclose(
        X[:, 0], (area - area.mean()) / area.std(ddof=1), atol=1e-5)
    np.testing.assert_allclose(
        X[:, 1], (houses['year'] - houses['year'].mean())
        / houses['year'].std(), atol=1e-5)
    np.testing.assert_allclose(X[:, 2], front.fillna(0), atol=1e-5)
    np.testing.assert_array_equal(X[:, 3], houses['front'].isna())
    dummies = pd.get_dummies(houses['Neighborhood'], dtype=float)
    np.testing.assert_array_equal(X[:, 4:7], dummies)
    np.testing.assert_array_equal(X[:, 7], 0)           # none is missing
    pools = pd.get_dummies(houses['pool'], dummy_na=True, dtype=float)
    np.testing.assert_array_equal(X[:, 8:], pools)


def test_without_logarithms(section):
    houses = make(60)
    X = section['Preprocessor'](logs=False).fit(houses).transform(houses)
    area = houses['area']
    np.testing.assert_allclose(
        X[:, 0], (area - area.mean()) / area.std(), atol=1e-5)


def test_validation_part_leaves_no_trace(section):
    train, val = make(60), make(20, seed=1)
    changed = val.copy()
    changed['area'] *= 1000
    changed['year'] += 5000
    changed['Neighborhood'] = 'moon'
    changed['price'] *= 7
    plain = section['KaggleHouse'](train, val)
    other = section['KaggleHouse'](train, changed)
    for a, b in zip(plain.tensors['train'], other.tensors['train']):
        assert torch.equal(a, b)
    assert plain.center == other.center
    assert torch.equal(plain.center, section['log_price'](train).mean())
    for fit in section['fit_ridge'], section['fit_neighborhood']:
        assert torch.equal(fit(plain)(train), fit(other)(train))
    # and the inputs of a house do not depend on its neighbors in the table
    X = plain.preprocessor.transform(val)
    alone = plain.preprocessor.transform(val.iloc[3:4])
    assert torch.equal(X[3:4], alone)


def test_inputs_do_not_contain_the_price(section):
    houses = make(40)
    prep = section['Preprocessor']().fit(houses)
    assert torch.equal(prep.transform(houses),
                       prep.transform(houses.drop(columns='price')))
    assert 'price' not in prep.names


def test_what_training_has_not_seen(section):
    train, val = make(60), make(6, seed=1)
    prep = section['Preprocessor']().fit(train)
    val['Neighborhood'] = 'moon'
    val['year'] = np.nan
    X = prep.transform(val)
    assert X.isfinite().all()
    assert (X[:, 4:8] == 0).all()           # no column for it
    assert (X[:, 1] == 0).all()             # the mean
    train['constant'] = 3
    prep = section['Preprocessor']().fit(train)
    assert prep.transform(train).isfinite().all()


# --- folds -------------------------------------------------------------------

@pytest.mark.parametrize(('n', 'k'), [(50, 5), (23, 4), (9, 9), (11, 2)])
def test_folds_are_a_partition(section, n, k):
    houses = make(n)
    folds = section['k_fold_data'](houses, k)
    assert len(folds) == k
    validated = [i for data in folds for i in data.val.index]
    assert validated == list(houses.index)
    sizes = [len(data.val) for data in folds]
    assert max(sizes) - min(sizes) <= 1
    for data in folds:
        assert set(data.train.index) == set(houses.index) - set(data.val.index)
        assert len(data.train) == n - len(data.val)


@pytest.mark.parametrize('k', [0, 1, 31])
def test_bad_number_of_folds(section, k):
    with pytest.raises(ValueError, match=f'k must be 2 to 30, not {k}'):
        section['k_fold_data'](make(30), k)


def test_scores(section):
    folds = section['k_fold_data'](make(50), 5)
    scores, predictors = section['k_fold'](section['fit_constant'], folds)
    for data, score in zip(folds, scores, strict=True):
        errors = np.log(data.val['price']) - np.log(data.train['price']).mean()
        assert float(score) == pytest.approx((errors ** 2).mean() ** 0.5,
                                             rel=1e-4)
    assert len(predictors) == 5


# --- models ------------------------------------------------------------------

def test_median_of_neighborhood(section):
    train, val = make(40), make(10, seed=1)
    val.loc[val.index[0], 'Neighborhood'] = 'moon'
    predict = section['fit_neighborhood'](section['KaggleHouse'](train, val))
    found = predict(val).exp().flatten().numpy()
    medians = train.groupby('Neighborhood')['price'].median()
    expected = val['Neighborhood'].map(medians)
    expected.iloc[0] = train['price'].median()
    np.testing.assert_allclose(found, expected, rtol=1e-4)


def test_ridge_is_the_minimum(section):
    data = section['KaggleHouse'](make(60), make(10, seed=1))
    decay = 0.1
    predict = section['fit_ridge'](data, decay)
    X, y = (t.double() for t in data.tensors['train'])
    w = torch.zeros(X.shape[1], 1, dtype=X.dtype, requires_grad=True)
    b = torch.zeros(1, dtype=X.dtype, requires_grad=True)
    optimizer = torch.optim.LBFGS([w, b], max_iter=500, tolerance_grad=1e-10,
                                  line_search_fn='strong_wolfe')

    def closure():
        optimizer.zero_grad()
        loss = (((X @ w + b - y) ** 2).mean() + decay * (w ** 2).sum()) / 2
        loss.backward()
        return loss
    optimizer.step(closure)
    torch.testing.assert_close(
        predict(data.train), (X @ w + b).detach().float() + data.center,
        atol=1e-4, rtol=0)


def test_net_learns_and_predicts_in_evaluation_mode(section):
    train = make(300)
    train['price'] = 100 * train['area']        # a linear law in logarithms
    data = section['KaggleHouse'](train[:200], train[200:], batch_size=20)
    section['num_epochs'] = 30
    predict = section['fit_net'](data, dropout=0.2, weight_decay=0.1)
    section['num_epochs'] = 2
    assert torch.equal(predict(data.val), predict(data.val))    # no dropout
    score = section['rmse'](predict(data.val)
                            - section['log_price'](data.val))
    assert score < 0.4 * np.log(train['price']).std()


def test_learning_rate_falls_to_zero(section):
    rates = []

    class Net(section['HouseNet']):
        def training_step(self, batch):
            rates.append(self.trainer.optim.param_groups[0]['lr'])
            return super().training_step(batch)

    data = section['KaggleHouse'](make(30), make(10, 1), batch_size=30)
    model = Net(lr=0.4)
    model.board.display = False
    section['Annealed'](max_epochs=4).fit(model, data)
    assert rates == pytest.approx([0.4, 0.3, 0.2, 0.1])


def test_average_is_not_worse_than_the_mean_of_squares(section):
    torch.manual_seed(0)
    a, b, y = torch.randn(3, 20, 1)
    both = section['average']([lambda _: a, lambda _: b])(None)
    torch.testing.assert_close(both, (a + b) / 2)
    torch.testing.assert_close(
        (both - y) ** 2,
        ((a - y) ** 2 + (b - y) ** 2) / 2 - ((a - b) / 2) ** 2)
